package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReaperTest {

  private final Reaper reaper = new Reaper();
  private Process watched;
  private Process forgotten;

  @BeforeEach
  void start() throws IOException {
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
  void processesEndWhenNobodyIsThereToEndThem() throws Exception {
    reaper.watch(forgotten);
    reaper.watch(watched);
    reaper.forget(forgotten);
    List<ProcessHandle> itself =
        ProcessHandle.current()
            .children()
            .filter(each -> each.info().commandLine().orElse("").contains(Reaper.NAME))
            .toList();
    reaper.close();
    watched.waitFor();
    itself.forEach(each -> each.onExit().join());
    assertThat(forgotten.isAlive(), is(true));
  }

  @Test
  void whatIsWatchedAfterTheEndIsLeftAlone() {
    reaper.close();
    reaper.watch(watched);
    assertThat(watched.isAlive(), is(true));
  }
}
