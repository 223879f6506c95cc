package dev.trestle.state.spill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.spill.SpilledBlocks.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpilledBlocksTest {

  private static final int SMALL_FILE = 1 << 12;

  @TempDir Path directory;

  @Test
  void givesBackBlocksInAnyOrder() throws IOException {
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpilledBlocks blocks = new SpilledBlocks(spill, SMALL_FILE)) {
      List<Integer> order = new ArrayList<>();
      List<Block> written = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        written.add(write(blocks, "block " + i));
        order.add(i);
      }
      Collections.shuffle(order, new Random(7));
      for (int i : order) {
        assertThat(new String(blocks.take(written.get(i)), UTF_8), is("block " + i));
      }
      assertThat(files(), is(empty()));
    }
  }

  @Test
  void fileIsDeletedWithItsLastBlock() throws IOException {
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpilledBlocks blocks = new SpilledBlocks(spill, SMALL_FILE)) {
      Block first = blocks.write(new byte[SMALL_FILE], 0, SMALL_FILE);
      Block second = blocks.write(new byte[10], 0, 10);
      assertThat(files(), hasSize(2));
      blocks.take(first);
      assertThat(files(), hasSize(1));
      blocks.take(second);
      assertThat(files(), is(empty()));
      assertThat(new String(blocks.take(write(blocks, "again")), UTF_8), is("again"));
    }
  }

  @Test
  void blockMayBeEmptyOrLargerThanAFile() {
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpilledBlocks blocks = new SpilledBlocks(spill, SMALL_FILE)) {
      Block nothing = blocks.write(new byte[7], 3, 3);
      Block large = blocks.write(new byte[5_000_000], 0, 5_000_000);
      assertThat(blocks.take(nothing).length, is(0));
      assertThat(blocks.take(large).length, is(5_000_000));
    }
  }

  @Test
  void blockIsTakenOnce() {
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpilledBlocks blocks = new SpilledBlocks(spill)) {
      Block block = write(blocks, "once");
      write(blocks, "keeps the file");
      blocks.take(block);
      assertThrows(IllegalStateException.class, () -> blocks.take(block));
    }
  }

  @Test
  void closingDeletesAllFiles() throws IOException {
    try (SpillDirectory spill = SpillDirectory.open(directory)) {
      SpilledBlocks blocks = new SpilledBlocks(spill, SMALL_FILE);
      for (int i = 0; i < 1000; i++) {
        write(blocks, "block " + i);
      }
      blocks.close();
      assertThat(files(), is(empty()));
    }
  }

  private static Block write(SpilledBlocks blocks, String text) {
    byte[] bytes = ("<" + text + ">").getBytes(UTF_8);
    return blocks.write(bytes, 1, bytes.length - 1);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(path -> path.getFileName().toString().startsWith("blocks")).toList();
    }
  }
}
