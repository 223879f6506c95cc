package dev.trestle.runner.source;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/** Hands on one empty byte array, then ends. */
public final class ImpulseOperator extends AbstractSource {

  private static final String DONE = "done";

  private final Receiver output;
  private boolean done;

  public ImpulseOperator(Receiver output) {
    this.output = output;
  }

  @Override
  public void open(OperatorContext context) throws Exception {
    super.open(context);
    context.restored().read(DONE, (keyGroup, record) -> done = true);
  }

  /** Section {@code done}: an empty record once the element has been handed on. */
  @Override
  public void snapshot(SnapshotWriter out) {
    if (done) {
      out.section(DONE).unkeyed();
    }
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
