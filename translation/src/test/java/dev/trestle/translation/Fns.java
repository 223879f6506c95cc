package dev.trestle.translation;

import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/** DoFns that are translated and never called. */
final class Fns {
  private Fns() {}

  static final class Same<T> extends DoFn<T, T> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element T element, OutputReceiver<T> out) {
      out.output(element);
    }
  }

  static final class Pair extends DoFn<String, KV<String, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String element, OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of(element, 1L));
    }
  }

  static final class Counting extends DoFn<KV<String, Long>, KV<String, Long>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId("count") ValueState<Long> count,
        OutputReceiver<KV<String, Long>> out) {
      out.output(element);
    }
  }

  static final class Indexing extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("bag")
    private final StateSpec<BagState<Long>> bag = StateSpecs.bag();

    @StateId("index")
    private final StateSpec<MultimapState<String, Long>> index = StateSpecs.multimap();

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId("bag") BagState<Long> unused,
        @StateId("index") MultimapState<String, Long> state) {
      state.put(element.getKey(), element.getValue());
    }
  }

  static final class Sorted extends DoFn<KV<String, Long>, KV<String, Long>> {
    private static final long serialVersionUID = 1L;

    @RequiresTimeSortedInput
    @ProcessElement
    public void process(@Element KV<String, Long> element, OutputReceiver<KV<String, Long>> out) {
      out.output(element);
    }
  }

  static final class Ticking extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    @TimerId("tick")
    private final TimerSpec tick = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@TimerId("tick") Timer timer) {
      timer.set(Instant.EPOCH);
    }

    @OnTimer("tick")
    public void tick(OutputReceiver<String> out) {
      out.output("tick");
    }

    @OnWindowExpiration
    public void expire(OutputReceiver<String> out) {
      out.output("expired");
    }
  }

  static final class Ints extends DoFn<String, KV<Integer, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(1, 1L));
    }
  }

  static final class TickingByInt extends DoFn<KV<Integer, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @TimerId("tick")
    private final TimerSpec tick = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(OutputReceiver<Long> out) {
      out.output(1L);
    }

    @OnTimer("tick")
    public void tick(OutputReceiver<Long> out) {
      out.output(2L);
    }
  }

  static final class Stable extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    @RequiresStableInput
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      out.output(element);
    }
  }

  @DoFn.BoundedPerElement
  static final class Count extends DoFn<String, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(i);
      }
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element String element) {
      return new OffsetRange(0, element.length());
    }
  }
}
