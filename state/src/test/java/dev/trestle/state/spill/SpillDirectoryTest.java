package dev.trestle.state.spill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillDirectoryTest {

  @TempDir Path parent;

  @Test
  void makesNothingBeforeItIsUsed() throws IOException {
    try (SpillDirectory spill = SpillDirectory.open(parent.resolve("deep/below"))) {
      assertThat(list(parent), is(empty()));
      assertThat(spill.newFile("sort"), is(not(spill.newFile("sort"))));
      assertThat(list(parent), hasSize(1));
    }
  }

  @Test
  void closingDeletesEverything() throws IOException {
    SpillDirectory spill = SpillDirectory.open(parent);
    Files.writeString(spill.newFile("a"), "left over");
    spill.close();
    assertThat(list(parent), is(empty()));
    assertThrows(IllegalStateException.class, () -> spill.newFile("b"));
  }

  @Test
  void removesWhatADeadProcessLeft() throws IOException {
    Path dead = Files.createDirectory(parent.resolve("trestle-spill-1-dead"));
    Files.writeString(dead.resolve("lock"), "");
    Files.writeString(dead.resolve("sort-0"), "data");
    Path unlockable = Files.createDirectory(parent.resolve("trestle-spill-2-dead"));
    try (SpillDirectory spill = SpillDirectory.open(parent)) {
      Path file = spill.newFile("sort");
      assertThat(list(parent), is(List.of(file.getParent())));
      assertThat(Files.exists(unlockable), is(false));
    }
  }

  @Test
  void leavesOthersOfThisProcessAlone() throws IOException {
    try (SpillDirectory first = SpillDirectory.open(parent);
        SpillDirectory second = SpillDirectory.open(parent)) {
      Path file = Files.writeString(first.newFile("a"), "data");
      second.newFile("b");
      assertThat(Files.readString(file), is("data"));
    }
  }

  @Test
  void tellsALivingProcessFromAKilledOne() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Sleeper.class.getName(),
                parent.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Path theirs = Path.of(other.inputReader().readLine());
      try (SpillDirectory spill = SpillDirectory.open(parent)) {
        spill.newFile("a");
        assertThat("while it lives", Files.exists(theirs), is(true));
      }
      other.destroyForcibly();
      assertThat(other.waitFor(10, TimeUnit.SECONDS), is(true));
      try (SpillDirectory spill = SpillDirectory.open(parent)) {
        spill.newFile("a");
        assertThat("after kill -9", Files.exists(theirs.getParent()), is(false));
      }
    } finally {
      other.destroyForcibly();
    }
  }

  /** A process that spills and then hangs. */
  static final class Sleeper {
    public static void main(String[] args) throws Exception {
      SpillDirectory spill = SpillDirectory.open(Path.of(args[0]));
      System.out.println(Files.writeString(spill.newFile("sort"), "data"));
      Thread.sleep(60_000);
      spill.close();
    }
  }

  @Test
  void namesTheDirectoryThatCannotBeMade() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");
    SpillDirectory spill = SpillDirectory.open(file);
    UncheckedIOException error =
        assertThrows(UncheckedIOException.class, () -> spill.newFile("sort"));
    assertThat(error.getMessage(), containsString(file.toString()));
  }

  static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> content = Files.list(directory)) {
      return content.toList();
    }
  }
}
