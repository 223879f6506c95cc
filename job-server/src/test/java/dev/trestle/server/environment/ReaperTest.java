package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReaperTest {

  @TempDir Path directory;

  private final Reaper reaper = new Reaper();
  private Path files;
  private List<ProcessHandle> others;
  private Process watched;
  private Process forgotten;

  private static List<ProcessHandle> reapers() {
    return ProcessHandle.current()
        .children()
        .filter(each -> each.info().commandLine().orElse("").contains(Reaper.NAME))
        .collect(Collectors.toList());
  }

  @BeforeEach
  void start() throws IOException {
    others = reapers();
    files = Files.createDirectory(directory.resolve("with a space"));
    Files.writeString(files.resolve("file"), "content");
    watched = new ProcessBuilder("sleep", "1000").start();
    forgotten = new ProcessBuilder("sleep", "1000").start();
  }

  @AfterEach
  void end() {
    watched.destroyForcibly();
    forgotten.destroyForcibly();
  }

  /** All that it sees of a server's death is the end of its input, and so it is here. */
  @Test
  void whatIsThereGoesWhenNobodyIsThereToEndIt() throws Exception {
    reaper.watch(forgotten.toHandle());
    reaper.watch(watched.toHandle());
    reaper.forget(forgotten.toHandle());
    reaper.watch(files);
    List<ProcessHandle> itself = reapers();
    itself.removeAll(others);
    reaper.close();
    watched.waitFor();
    itself.forEach(each -> each.onExit().join());
    assertThat(forgotten.isAlive(), is(true));
    assertThat(Files.exists(files), is(false));
    assertThat(Files.exists(directory), is(true));
  }

  @Test
  void whatIsWatchedAfterTheEndIsLeftAlone() {
    reaper.close();
    reaper.watch(watched.toHandle());
    assertThat(watched.isAlive(), is(true));
  }
}
