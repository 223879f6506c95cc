package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.trestle.state.checkpoint.DirectoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TextIO and FileIO write each element to one file, once, though the process is killed. */
class FilesWrittenOnceTest {

  private static final int PROCESSES = 4;

  @TempDir Path directory;

  @Test
  void eachNumberIsInOneFileOnce() throws Exception {
    Path results = directory.resolve("results");
    Path checkpoints = directory.resolve("checkpoints");
    KilledJob job =
        new KilledJob(
            "files",
            FilesMain.class,
            results,
            directory,
            checkpoints.toString(),
            DirectoryStore.open(checkpoints),
            Map.of());
    assertThat(job.run(PROCESSES, new Random(11)), greaterThan(0));
    List<Long> all = LongStream.range(0, FilesMain.LIMIT).boxed().toList();
    assertThat(numbersIn(results.resolve(FilesMain.TEXT), ""), is(all));
    assertThat(numbersIn(results.resolve(FilesMain.FILES), ""), is(all));
    Path byResidue = results.resolve(FilesMain.BY_RESIDUE);
    for (int residue = 0; residue < FilesMain.RESIDUES; residue++) {
      int own = residue;
      assertThat(
          numbersIn(byResidue, residue + "-of"),
          is(all.stream().filter(number -> number % FilesMain.RESIDUES == own).toList()));
    }
  }

  /**
   * Those in files whose names begin so, sorted; temporary files are in directories of their own.
   */
  private static List<Long> numbersIn(Path from, String prefix) throws IOException {
    List<Long> numbers = new ArrayList<>();
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (String.valueOf(file.getFileName()).startsWith(prefix)) {
          Files.readAllLines(file).forEach(line -> numbers.add(Long.valueOf(line)));
        }
      }
    }
    return numbers.stream().sorted().toList();
  }
}
