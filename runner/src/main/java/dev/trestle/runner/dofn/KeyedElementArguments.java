package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.DoFnSpec;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;

/** The arguments of {@code @ProcessElement} where the DoFn has state or timers. */
final class KeyedElementArguments extends ElementArguments {

  private final StateAndTimers cells;

  KeyedElementArguments(
      DoFnInstance instance,
      DoFnSpec spec,
      Receiver[] receivers,
      OperatorContext context,
      StateAndTimers cells) {
    super(instance, spec, receivers, TimestampBounds.of(instance.fn()), context);
    this.cells = cells;
  }

  @Override
  public State state(String id, boolean alwaysFetched) {
    return cells.state(id, alwaysFetched);
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
