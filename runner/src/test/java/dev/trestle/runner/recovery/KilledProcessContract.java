package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed with SIGKILL at any moment leaves a job that another goes on with,
 * wherever its checkpoints are.
 */
public abstract class KilledProcessContract {

  private static final int KILLS = 4;

  /** For the results, and whatever else the processes leave behind. */
  @TempDir protected Path directory;

  /** What the processes are given as {@code --checkpointDir}; it is empty. */
  protected abstract String checkpointDir();

  /** The environment in which they find it. */
  protected abstract Map<String, String> environment();

  /** The same place. */
  protected abstract CheckpointStore store() throws IOException;

  @Test
  void nothingIsLostAndNothingDiffers() throws Exception {
    Path results = Files.createFile(directory.resolve("results"));
    Random random = new Random(7);
    int kills = 0;
    for (int i = 0; i < KILLS; i++) {
      Process process = start(results);
      awaitCheckpointsBeyond(lastCheckpoint(), process);
      if (!process.waitFor(random.nextInt(300), TimeUnit.MILLISECONDS)) {
        kills++;
      }
      process.destroyForcibly().waitFor();
    }
    assertThat(start(results).waitFor(), is(0));
    assertThat(kills, greaterThan(0));
    assertThat(sums(results), is(expected()));
  }

  private Process start(Path results) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "-Djava.io.tmpdir=" + directory,
                SumsMain.class.getName(),
                results.toString(),
                "--runner=TrestleRunner",
                "--jobName=sums",
                "--streaming",
                "--parallelism=2",
                "--checkpointDir=" + checkpointDir(),
                "--checkpointInterval=20"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()));
    builder.environment().putAll(environment());
    return builder.start();
  }

  /** Waits until there is a newer checkpoint than that, or the process has ended. */
  private void awaitCheckpointsBeyond(String last, Process process)
      throws IOException, InterruptedException {
    while (lastCheckpoint().equals(last)) {
      if (process.waitFor(5, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  /** The name of the last entry of the job's log. */
  private String lastCheckpoint() throws IOException {
    return store().list("sums/log/").stream()
        .map(StoredObject::path)
        .max(Comparator.naturalOrder())
        .orElse("");
  }

  /** What was written again after a restart must be the same. A short line is written whole. */
  private static Map<String, Long> sums(Path results) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    for (String line : Files.readAllLines(results)) {
      String[] parts = line.split(" ", -1);
      Long before = sums.put(parts[0] + " " + parts[1], Long.valueOf(parts[2]));
      assertThat(line, before == null || before.equals(Long.valueOf(parts[2])), is(true));
    }
    return sums;
  }

  private static Map<String, Long> expected() {
    Map<String, Long> sums = new TreeMap<>();
    for (long n = 0; n < SumsMain.LIMIT; n++) {
      sums.merge(n % SumsMain.KEYS + " " + n / SumsMain.WINDOW_MILLIS, n, Long::sum);
    }
    return sums;
  }
}
