package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.WaitingOperator;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of a DoFn with {@code @RequiresStableInput} in a job that takes checkpoints, and
 * lets an element pass when a checkpoint that holds it has been committed. If elements wait for
 * side inputs too, they do so behind it: they are stable then, and side inputs are as of when they
 * are read.
 */
abstract sealed class StableGate<O extends Operator> extends InFront<O> implements WaitingOperator
    permits StableInputGate, StableInputBatchGate {

  private final EdgeFormat format;
  private final Coder<BoundedWindow> windowCoder;
  private final WaitingOperator behind;
  private KeyGroupRange range = KeyGroupRange.all(KeyGroupRange.DEFAULT_TOTAL);
  private @Nullable StableQueue queue;

  StableGate(O gated, EdgeFormat format, Coder<BoundedWindow> windowCoder) {
    super(gated);
    behind = gated instanceof WaitingOperator waiting ? waiting : new NobodyWaits();
    this.format = format;
    this.windowCoder = windowCoder;
  }

  @Override
  public final void open(OperatorContext context) throws Exception {
    range = context.keyGroups();
    StableQueue waiting = new StableQueue(new QueueStore(format, windowCoder, context));
    queue = waiting;
    waiting.restore(context.restored());
    gated.open(context);
  }

  /** Those who are stable and wait for something else. */
  final WaitingOperator behind() {
    return behind;
  }

  final StableQueue queue() {
    if (queue == null) {
      throw new IllegalStateException("Not open");
    }
    return queue;
  }

  @Override
  public final void sideInputsChanged() {
    behind.sideInputsChanged();
  }

  @Override
  public final void checkpointCommitted() {
    queue().checkpointCommitted();
    behind.checkpointCommitted();
  }

  @Override
  public final boolean isWaiting() {
    return !queue().isEmpty() || behind.isWaiting();
  }

  @Override
  public final long earliestWindowEnd() {
    return behind.earliestWindowEnd();
  }

  @Override
  public long hold() {
    return Math.min(queue().earliest(), gated.hold());
  }

  @Override
  public final void snapshot(SnapshotWriter out) throws IOException {
    gated.snapshot(out);
    queue().snapshot(out, range);
  }

  @Override
  public final void close() throws Exception {
    try {
      gated.close();
    } finally {
      if (queue != null) {
        queue.close();
      }
    }
  }
}
