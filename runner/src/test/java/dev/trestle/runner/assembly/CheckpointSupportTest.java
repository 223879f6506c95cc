package dev.trestle.runner.assembly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.translation.PipelineTranslator;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

/** What is refused in a job that takes checkpoints. */
final class CheckpointSupportTest {

  private static void assertRefused(DoFn<KV<Long, Long>, Void> fn) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(KV.of(1L, 1L))).apply("Step", ParDo.of(fn));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> CheckpointSupport.check(PipelineTranslator.translate(pipeline)));
    assertThat(
        refused.getMessage(),
        allOf(
            containsString("Step"),
            containsString("@RequiresStableInput"),
            containsString("--checkpointDir")));
  }

  @Test
  void timersOnStableStateAreRefused() {
    assertRefused(new StableTimer());
  }

  @Test
  void timerFamiliesOnStableStateAreRefused() {
    assertRefused(new StableTimerFamily());
  }

  @Test
  void expirationOnStableStateIsRefused() {
    assertRefused(new StableExpiration());
  }

  private static final class StableTimer extends DoFn<KV<Long, Long>, Void> {
    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process() {}

    @RequiresStableInput
    @OnTimer("end")
    public void end() {}
  }

  private static final class StableTimerFamily extends DoFn<KV<Long, Long>, Void> {
    @TimerFamily("ends")
    private final TimerSpec ends = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@TimerFamily("ends") TimerMap timers) {}

    @RequiresStableInput
    @OnTimerFamily("ends")
    public void end() {}
  }

  private static final class StableExpiration extends DoFn<KV<Long, Long>, Void> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    @ProcessElement
    public void process() {}

    @RequiresStableInput
    @OnWindowExpiration
    public void expire() {}
  }
}
