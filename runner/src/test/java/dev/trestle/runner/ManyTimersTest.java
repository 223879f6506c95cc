package dev.trestle.runner;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** A job with far more timers than there is memory for. */
class ManyTimersTest {

  private static final long KEYS = 30_000;

  /** Sets a timer for each key, each at another time, in no order. */
  private static final class Waiting extends DoFn<KV<Long, Long>, Long> {

    @TimerId("due")
    private final TimerSpec due = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    private transient long last;

    @Setup
    public void setUp() {
      last = -1;
    }

    @ProcessElement
    public void process(@Element KV<Long, Long> element, @TimerId("due") Timer timer) {
      timer.set(Instant.ofEpochMilli(element.getKey() * 7919 % KEYS));
    }

    @OnTimer("due")
    public void fire(@Key Long key, OnTimerContext context, OutputReceiver<Long> out) {
      long time = context.fireTimestamp().getMillis();
      if (time <= last || time != key * 7919 % KEYS) {
        throw new IllegalStateException("A timer at " + time + " after one at " + last);
      }
      last = time;
      out.output(key);
    }
  }

  @Test
  void allFireInOrder() {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(
                    "--runner=TrestleRunner", "--parallelism=2", "--memoryBudgetMb=1")
                .create());
    PCollection<Long> fired =
        pipeline
            .apply(GenerateSequence.from(0).to(KEYS))
            .apply(WithKeys.<Long, Long>of(n -> n).withKeyType(TypeDescriptors.longs()))
            .apply(ParDo.of(new Waiting()));
    PAssert.thatSingleton(fired.apply(Count.globally())).isEqualTo(KEYS);
    assertThat(pipeline.run().waitUntilFinish(), is(PipelineResult.State.DONE));
  }
}
