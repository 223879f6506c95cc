package dev.trestle.runner.recovery;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.StoredObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A job in processes that are killed, one after the other, until the last may come to its end. */
final class KilledJob {

  private static final int MOST_MILLIS_AFTER_CHECKPOINT = 300;

  private final String name;
  private final CheckpointStore store;
  private final Path log;
  private final ProcessBuilder process;

  /**
   * A job that has not begun.
   *
   * @param name its {@code --jobName}
   * @param main what the processes run, with the path of {@code results} before the options
   * @param directory for their logs and temporary files
   * @param checkpointDir as an option
   * @param store the same place
   * @param environment in which they find it
   */
  KilledJob(
      String name,
      Class<?> main,
      Path results,
      Path directory,
      String checkpointDir,
      CheckpointStore store,
      Map<String, String> environment) {
    this.name = name;
    this.store = store;
    log = directory.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "-Djava.io.tmpdir=" + directory,
                main.getName(),
                results.toString(),
                "--runner=TrestleRunner",
                "--jobName=" + name,
                "--streaming",
                "--parallelism=2",
                "--checkpointDir=" + checkpointDir,
                "--checkpointInterval=20"));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process.environment().putAll(environment);
  }

  /**
   * Kills so many processes, each at random after it has committed something, and lets another come
   * to its end.
   *
   * @return how many really were killed, and had not ended before
   */
  int run(int processes, Random random) throws IOException, InterruptedException {
    int kills = 0;
    for (int i = 0; i < processes; i++) {
      String last = lastCheckpoint();
      Process started = process.start();
      awaitCheckpointsBeyond(last, started);
      if (!started.waitFor(random.nextInt(MOST_MILLIS_AFTER_CHECKPOINT), TimeUnit.MILLISECONDS)) {
        kills++;
      }
      started.destroyForcibly().waitFor();
    }
    int exit = process.start().waitFor();
    if (exit != 0) {
      throw new AssertionError("The last process has ended with " + exit + "; see " + log);
    }
    return kills;
  }

  /** Waits until there is a newer checkpoint than that, or the process has ended. */
  private void awaitCheckpointsBeyond(String last, Process started)
      throws IOException, InterruptedException {
    while (lastCheckpoint().equals(last)) {
      if (started.waitFor(5, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  /** The name of the last entry of the job's log. */
  private String lastCheckpoint() throws IOException {
    return store.list(name + "/log/").stream()
        .map(StoredObject::path)
        .max(Comparator.naturalOrder())
        .orElse("");
  }
}
