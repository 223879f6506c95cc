package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streaming jobs end well whose windows are several times larger than the heap. */
final class ManyKeysTest {

  @TempDir Path directory;

  @Test
  void fixedWindowsMayBeLargerThanTheHeap() throws Exception {
    assertThat(run("fixed"), containsString(counts(1)));
  }

  @Test
  void slidingWindowsMayBeLargerThanTheHeap() throws Exception {
    assertThat(run("sliding"), containsString(counts(2)));
  }

  @Test
  void sessionsMayBeLargerThanTheHeap() throws Exception {
    assertThat(run("sessions"), containsString(counts(1)));
  }

  @Test
  void checkpointedWindowsMayBeLargerThanTheHeap() throws Exception {
    assertThat(
        run(
            "fixed",
            "--jobName=many-keys",
            "--checkpointDir=" + directory.resolve("checkpoints"),
            "--checkpointInterval=1000"),
        containsString(counts(1)));
  }

  private static String counts(int windows) {
    return "counts=" + windows * ManyKeysMain.KEYS + " wrong=0";
  }

  /** What a process with little memory prints. */
  private String run(String... arguments) throws Exception {
    Path log = directory.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx80m",
                "-cp",
                System.getProperty("java.class.path"),
                "-Djava.io.tmpdir=" + directory,
                ManyKeysMain.class.getName()));
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("--runner=TrestleRunner", "--streaming", "--parallelism=2", "--memoryBudgetMb=12"));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int status = process.waitFor();
    String printed = Files.readString(log);
    assertThat(printed, status, is(0));
    return printed;
  }
}
