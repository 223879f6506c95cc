package dev.trestle.runner.harness;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;

/** Stands for a fn that a worker runs: {@link Harnessed} puts that in its place. */
public final class InHarness<InputT, OutputT> extends DoFn<InputT, OutputT> {

  private final HarnessFn fn;

  public InHarness(HarnessFn fn) {
    this.fn = fn;
  }

  HarnessFn fn() {
    return fn;
  }

  @ProcessElement
  public void process(@Element InputT element) {
    throw new AssertionError("This is not run here, for " + element);
  }

  /** The same for a fn that has state and timers, whose input comes key by key. */
  public static final class Keyed<K, V, OutputT> extends DoFn<KV<K, V>, OutputT> {

    /** Makes translation take it for one that has state. */
    @StateId("any")
    private final StateSpec<ValueState<Long>> any = StateSpecs.value();

    private final HarnessFn.Keyed fn;
    private final List<String> cells;
    private final Map<String, TimeDomain> timers;

    /**
     * A fn.
     *
     * @param cells names of its state
     * @param timers domains of its timer families; one called {@code expiration} is that for
     *     windows that expire
     */
    public Keyed(HarnessFn.Keyed fn, List<String> cells, Map<String, TimeDomain> timers) {
      this.fn = fn;
      this.cells = List.copyOf(cells);
      this.timers = Map.copyOf(timers);
    }

    HarnessFn.Keyed fn() {
      return fn;
    }

    List<String> cells() {
      return cells;
    }

    Map<String, TimeDomain> timers() {
      return timers;
    }

    @ProcessElement
    public void process(@Element KV<K, V> element, @StateId("any") ValueState<Long> unused) {
      throw new AssertionError("This is not run here, for " + element);
    }
  }

  /** The same for a splittable fn, whose restrictions are from 0 to before a number. */
  @UnboundedPerElement
  public static final class Splittable<InputT, OutputT> extends DoFn<InputT, OutputT> {

    private final HarnessFn.Splittable fn;
    private final long positions;

    public Splittable(HarnessFn.Splittable fn, long positions) {
      this.fn = fn;
      this.positions = positions;
    }

    HarnessFn.Splittable fn() {
      return fn;
    }

    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, positions);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element InputT element, RestrictionTracker<OffsetRange, Long> tracker) {
      throw new AssertionError("This is not run here, for " + element);
    }
  }
}
