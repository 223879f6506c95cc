package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.StreamItem;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * What one task tells those downstream of how far it is: its watermark, and whether it is worth
 * waiting for. Belongs to the task's owner.
 */
final class TaskSignals {

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final Task.Wiring wiring;
  private long outputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** Whether those downstream have been told not to wait for the watermark. */
  private boolean idle;

  TaskSignals(Task.Wiring wiring) {
    this.wiring = wiring;
  }

  /** The output watermark as last handed on, in milliseconds. */
  long outputWatermark() {
    return outputWatermark;
  }

  /** Hands the watermark on as far as the task's operators let it pass; between bundles. */
  void passWatermark() {
    long input = wiring.driver().watermark();
    TaskContext context = wiring.context();
    context.advanceInputWatermark(input);
    OperatorChain operators = wiring.operators();
    long output = Math.min(input, operators.hold());
    if (output > outputWatermark) {
      operators.flush();
      output = Math.min(output, operators.hold()); // what was kept back may have gone to others
    }
    if (output > outputWatermark) {
      outputWatermark = output;
      context.setOutputWatermark(output);
      if (output < END) {
        wiring.outputs().send(new StreamItem.Watermark(output));
      }
    }
  }

  /** Says so when the task becomes idle, or is no longer; between bundles. */
  void passIdleness() {
    boolean nowIdle = wiring.driver().isIdle() && !wiring.context().pending().isOut();
    if (nowIdle != idle) {
      idle = nowIdle;
      if (idle) {
        wiring.operators().flush();
        wiring.outputs().send(new StreamItem.Idle());
      } else if (outputWatermark < END) {
        wiring.outputs().send(new StreamItem.Watermark(outputWatermark));
      }
    }
  }
}
