package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SideInputReader;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of an operator with side inputs and lets an element pass, window by window, when
 * they are ready. An operator that has none never meets one.
 */
abstract sealed class Gate<O extends Operator> implements Operator, SideInputReader
    permits SideInputGate, SideInputBatchGate {

  final O gated;
  private final EdgeFormat format;
  private final Coder<BoundedWindow> windowCoder;
  private @Nullable WindowQueues queues;

  /**
   * A gate.
   *
   * @param gated owned by the gate from here on
   * @param format in which elements wait
   * @param windowCoder of their windows
   */
  Gate(O gated, EdgeFormat format, Coder<BoundedWindow> windowCoder) {
    this.gated = gated;
    this.format = format;
    this.windowCoder = windowCoder;
  }

  @Override
  public final void open(OperatorContext context) throws Exception {
    queues = new WindowQueues(context.sideInputs(), new QueueStore(format, windowCoder, context));
    gated.open(context);
  }

  @Override
  public final void startBundle() {
    gated.startBundle();
  }

  @Override
  public final void sideInputsChanged() {
    queues().sideInputsChanged();
  }

  @Override
  public final void finishBundle() {
    gated.finishBundle();
  }

  @Override
  public final void flush() {
    gated.flush();
  }

  @Override
  public final long hold() {
    return Math.min(queues().earliest(), gated.hold());
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

  /** Those who wait. */
  final WindowQueues queues() {
    if (queues == null) {
      throw new IllegalStateException("Not open");
    }
    return queues;
  }
}
