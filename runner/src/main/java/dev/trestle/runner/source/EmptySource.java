package dev.trestle.runner.source;

import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** The flatten of nothing: ends at once. */
public final class EmptySource extends AbstractSource {

  @Override
  public Progress advance(Slice slice) {
    return Progress.DONE;
  }

  @Override
  public long watermark() {
    return BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  }
}
