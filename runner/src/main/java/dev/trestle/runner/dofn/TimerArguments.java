package dev.trestle.runner.dofn;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.operator.OperatorContext;
import java.util.Collection;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The arguments of {@code @OnTimer} and {@code @OnTimerFamily}. */
final class TimerArguments extends FiringArguments {

  private final class Context extends DoFn<Object, Object>.OnTimerContext {
    Context(DoFn<Object, Object> fn) {
      fn.super();
    }

    @Override
    public Instant timestamp() {
      return current.timestamp;
    }

    @Override
    public Instant fireTimestamp() {
      return timer().getTimestamp();
    }

    @Override
    public BoundedWindow window() {
      return current.window();
    }

    @Override
    public TimeDomain timeDomain() {
      return timer().getDomain();
    }

    @Override
    public CausedByDrain causedByDrain() {
      return current.causedByDrain();
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return pipelineOptions();
    }

    @Override
    public void output(@Nullable Object output) {
      outputs.main().output(output);
    }

    @Override
    public void outputWithTimestamp(@Nullable Object output, Instant timestamp) {
      outputs.main().outputWithTimestamp(output, timestamp);
    }

    @Override
    public void outputWindowedValue(
        @Nullable Object output,
        Instant timestamp,
        Collection<? extends BoundedWindow> windows,
        PaneInfo pane) {
      outputs.main().outputWindowedValue(output, timestamp, windows, pane);
    }

    @Override
    public void outputWindowedValue(WindowedValue<Object> output) {
      outputs.main().outputWindowedValue(output);
    }

    @Override
    public <T> void output(TupleTag<T> tag, T output) {
      outputs.port(tag).output(output);
    }

    @Override
    public <T> void outputWithTimestamp(TupleTag<T> tag, T output, Instant timestamp) {
      outputs.port(tag).outputWithTimestamp(output, timestamp);
    }

    @Override
    public <T> void outputWindowedValue(
        TupleTag<T> tag,
        T output,
        Instant timestamp,
        Collection<? extends BoundedWindow> windows,
        PaneInfo pane) {
      outputs.port(tag).outputWindowedValue(output, timestamp, windows, pane);
    }

    @Override
    public <T> void outputWindowedValue(TupleTag<T> tag, WindowedValue<T> output) {
      outputs.port(tag).outputWindowedValue(output);
    }
  }

  private final CurrentElement current;
  private final TaggedOutputs outputs;
  private final StateAndTimers cells;
  private final Context timerContext;
  private @Nullable TimerData timer;

  TimerArguments(
      DoFn<Object, Object> fn,
      CurrentElement current,
      TaggedOutputs outputs,
      StateAndTimers cells,
      KeyedContext keyed,
      OperatorContext context) {
    super(current, outputs, cells, keyed, context);
    this.current = current;
    this.outputs = outputs;
    this.cells = cells;
    timerContext = new Context(fn);
  }

  /** Says which timer the next call is about. */
  void set(TimerData newTimer) {
    timer = newTimer;
  }

  private TimerData timer() {
    if (timer == null) {
      throw new IllegalStateException("No timer is firing");
    }
    return timer;
  }

  @Override
  public DoFn<Object, Object>.OnTimerContext onTimerContext(DoFn<Object, Object> fn) {
    return timerContext;
  }

  @Override
  public String timerId(DoFn<Object, Object> fn) {
    return timer().getTimerId();
  }

  @Override
  public TimeDomain timeDomain(DoFn<Object, Object> fn) {
    return timer().getDomain();
  }

  @Override
  public CausedByDrain causedByDrain(DoFn<Object, Object> fn) {
    return current.causedByDrain();
  }

  @Override
  public Timer timer(String id) {
    return cells.timer(id);
  }

  @Override
  public TimerMap timerFamily(String id) {
    return cells.timerFamily(id);
  }
}
