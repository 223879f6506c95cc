package dev.trestle.runner.source;

import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/** Hands on one empty byte array, then ends. */
public final class ImpulseOperator extends AbstractSource {

  private final Receiver output;
  private boolean done;

  public ImpulseOperator(Receiver output) {
    this.output = output;
  }

  @Override
  public Progress advance(Slice slice) {
    if (!done) {
      done = true;
      output.accept(
          new byte[0],
          BoundedWindow.TIMESTAMP_MIN_VALUE,
          GlobalWindow.INSTANCE,
          PaneInfo.NO_FIRING,
          null);
    }
    return Progress.DONE;
  }

  @Override
  public long watermark() {
    return (done ? BoundedWindow.TIMESTAMP_MAX_VALUE : BoundedWindow.TIMESTAMP_MIN_VALUE)
        .getMillis();
  }
}
