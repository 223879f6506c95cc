package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.WaitingOperator;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of an operator with side inputs and lets an element pass, window by window, when
 * they are ready. An element whose window has expired, so that there are no side inputs for it any
 * more, is dropped and counted. An operator that has no side inputs never meets a gate.
 */
abstract sealed class Gate<O extends Operator> extends InFront<O> implements WaitingOperator
    permits SideInputGate, SideInputBatchGate {

  private static final MetricName DROPPED =
      MetricName.named(
          LateDataDroppingDoFnRunner.class, LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS);

  private final EdgeFormat format;
  private final Coder<BoundedWindow> windowCoder;
  private KeyGroupRange range = KeyGroupRange.all(KeyGroupRange.DEFAULT_TOTAL);
  private @Nullable WindowQueues queues;
  private @Nullable Counter dropped;

  /**
   * A gate.
   *
   * @param gated owned by the gate from here on
   * @param format in which elements wait
   * @param windowCoder of their windows
   */
  Gate(O gated, EdgeFormat format, Coder<BoundedWindow> windowCoder) {
    super(gated);
    this.format = format;
    this.windowCoder = windowCoder;
  }

  @Override
  public final void open(OperatorContext context) throws Exception {
    range = context.keyGroups();
    WindowQueues waiting =
        new WindowQueues(context.sideInputs(), new QueueStore(format, windowCoder, context));
    queues = waiting;
    waiting.restore(context.restored());
    dropped = context.metrics().getCounter(DROPPED);
    gated.open(context);
  }

  @Override
  public final void sideInputsChanged() {
    queues().sideInputsChanged();
  }

  @Override
  public final void checkpointCommitted() {}

  @Override
  public final boolean isWaiting() {
    return !queues().isEmpty();
  }

  @Override
  public long hold() {
    return Math.min(queues().earliest(), gated.hold());
  }

  @Override
  public final void snapshot(SnapshotWriter out) throws IOException {
    gated.snapshot(out);
    queues().snapshot(out, range);
  }

  @Override
  public final void close() throws Exception {
    try {
      gated.close();
    } finally {
      if (queues != null) {
        queues.close();
      }
    }
  }

  /**
   * The queue for the next element of a window that is not open; null where the element has to be
   * dropped.
   */
  final QueueStore.@Nullable Queue queue(BoundedWindow window) {
    WindowQueues waiting = queues();
    if (!waiting.isExpired(window)) {
      return waiting.queue(window);
    }
    if (dropped != null) {
      dropped.inc();
    }
    return null;
  }

  /** Those who wait. */
  final WindowQueues queues() {
    if (queues == null) {
      throw new IllegalStateException("Not open");
    }
    return queues;
  }
}
