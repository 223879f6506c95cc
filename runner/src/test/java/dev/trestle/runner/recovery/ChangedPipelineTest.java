package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.compatibility.IncompatiblePipelineException;
import dev.trestle.runner.recovery.Counting.Change;
import java.nio.file.Path;
import java.util.Map;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A job is started again from its checkpoint, with another pipeline. */
final class ChangedPipelineTest {

  @TempDir Path directory;

  @BeforeEach
  void forget() {
    Counting.RESULTS.clear();
    Counting.OTHER_RESULTS.clear();
  }

  private PipelineResult start(Change change, String... more) {
    return Counting.start(directory, change, more);
  }

  private void stopInTheMiddle() throws Exception {
    PipelineResult first = start(Change.NONE, "--stall");
    Counting.awaitCheckpoints(directory, 3);
    first.cancel();
    Counting.RESULTS.clear();
  }

  @Test
  void samePipelineGoesOn() throws Exception {
    stopInTheMiddle();
    assertThat(start(Change.NONE, "--resume").waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
  }

  @Test
  void newStepBeginsAnewAndNewCellIsEmpty() throws Exception {
    stopInTheMiddle();
    assertThat(
        start(Change.MORE_STEPS, "--resume").waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
    assertThat(Counting.OTHER_RESULTS, is(Map.of("other", Counting.LIMIT)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Change.class,
      names = {"RENAMED", "OTHER_KEY", "OTHER_WINDOWS", "OTHER_CELL"})
  void changeThatWouldLoseStateIsRefused(Change change) throws Exception {
    stopInTheMiddle();
    IncompatiblePipelineException refused =
        assertThrows(IncompatiblePipelineException.class, () -> start(change));
    assertThat(
        refused.getMessage(),
        allOf(
            containsString(" of job counting was taken, and state of 1 of its steps would be lost"),
            containsString("Count"),
            containsString(change.reason()),
            containsString("--allowStateLoss")));
    assertThat(Counting.RESULTS, is(Map.of()));
    assertThat(start(Change.NONE).waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
  }

  @ParameterizedTest
  @EnumSource(
      value = Change.class,
      names = {"RENAMED", "OTHER_KEY", "OTHER_CELL"})
  void allowedLossLeavesTheStepsStateOut(Change change) throws Exception {
    stopInTheMiddle();
    assertThat(start(change, "--allowStateLoss").waitUntilFinish(), is(PipelineResult.State.DONE));
    long counted = Counting.RESULTS.values().stream().mapToLong(n -> n).sum();
    assertThat("it has not begun anew", counted < Counting.LIMIT, is(true));
    assertThat("it has gone on reading", counted > 0, is(true));
  }

  @Test
  void restartAfterAnAllowedLossGoesOn() throws Exception {
    stopInTheMiddle();
    PipelineResult second = start(Change.OTHER_KEY, "--allowStateLoss", "--stall");
    Counting.awaitCheckpoints(directory, Counting.newest(directory) + 3);
    second.cancel();
    assertThat(
        start(Change.OTHER_KEY, "--resume").waitUntilFinish(), is(PipelineResult.State.DONE));
  }

  @Test
  void consentWithoutDirectoryIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Counting.start(null, Change.NONE, "--allowStateLoss"));
    assertThat(refused.getMessage(), is("--allowStateLoss has no effect without --checkpointDir"));
  }
}
