package dev.trestle.runner.dofn;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.operator.OperatorContext;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.BaseArgumentProvider;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The arguments of {@code @OnWindowExpiration}, which those of {@code @OnTimer} extend. */
class FiringArguments extends BaseArgumentProvider<Object, Object> {

  private final CurrentElement current;
  private final TaggedOutputs outputs;
  private final StateAndTimers cells;
  private final KeyedContext keyed;
  private final OperatorContext context;

  FiringArguments(
      CurrentElement current,
      TaggedOutputs outputs,
      StateAndTimers cells,
      KeyedContext keyed,
      OperatorContext context) {
    this.current = current;
    this.outputs = outputs;
    this.cells = cells;
    this.keyed = keyed;
    this.context = context;
  }

  @Override
  public final BoundedWindow window() {
    return current.window();
  }

  @Override
  public final Instant timestamp(DoFn<Object, Object> fn) {
    return current.timestamp;
  }

  @Override
  public final @Nullable Object key() {
    return keyed.key();
  }

  @Override
  public final State state(String id, boolean alwaysFetched) {
    return cells.state(id, alwaysFetched);
  }

  @Override
  public final OutputReceiver<Object> outputReceiver(DoFn<Object, Object> fn) {
    return outputs.main();
  }

  @Override
  public final OutputReceiver<Row> outputRowReceiver(DoFn<Object, Object> fn) {
    return outputs.mainRows();
  }

  @Override
  public final MultiOutputReceiver taggedOutputReceiver(DoFn<Object, Object> fn) {
    return outputs;
  }

  @Override
  public final PipelineOptions pipelineOptions() {
    return context.options();
  }

  @Override
  public final String getErrorContext() {
    return "a timer of " + context.stepName();
  }
}
