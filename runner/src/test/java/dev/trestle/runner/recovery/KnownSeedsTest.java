package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Schedules that have shown a bug once. */
final class KnownSeedsTest {

  @TempDir Path directory;

  record Known(String pipeline, long seed, String bug) {}

  static List<Known> known() {
    return List.of(
        new Known(
            "window-expiration", 45, "what came at a window's expiration was late downstream"),
        new Known(
            "stragglers-in-sliding-windows",
            12,
            "of a key in sliding windows only what had been late for the first of them was restored"),
        new Known("batches", 38, "the same in Beam's GroupIntoBatches"),
        new Known(
            "side-inputs-of-state",
            500,
            "a barrier that came through side inputs alone, the main input having ended, passed"
                + " again when they had ended too"),
        new Known(
            "stable-input-of-state",
            31,
            "a checkpoint that tasks could not write gave its id to the next, whose barrier the"
                + " tasks at the end of their inputs took for one that had passed"));
  }

  @ParameterizedTest
  @MethodSource("known")
  void survives(Known schedule) throws Exception {
    Rehearsal rehearsal = Rehearsal.of(schedule.pipeline(), directory);
    assertThat(rehearsal.run(schedule.seed()).crashes(), greaterThan(0));
  }
}
