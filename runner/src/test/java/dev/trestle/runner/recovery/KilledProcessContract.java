package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.trestle.state.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed with SIGKILL at any moment leaves a job that another goes on with,
 * wherever its checkpoints are.
 */
public abstract class KilledProcessContract {

  private static final int PROCESSES = 4;

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
    KilledJob job =
        new KilledJob(
            "sums", SumsMain.class, results, directory, checkpointDir(), store(), environment());
    assertThat(job.run(PROCESSES, new Random(7)), greaterThan(0));
    assertThat(sums(results), is(expected()));
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
