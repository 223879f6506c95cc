package dev.trestle.runner.source;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import java.io.IOException;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.BoundedSource.BoundedReader;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/** Reads a bounded source, split by split. */
public final class BoundedReadOperator extends AbstractSource {

  private final BoundedSplits splits;
  private final Receiver output;
  private final ReadAhead ahead = new ReadAhead();
  private @Nullable BoundedReader<?> reader;
  private boolean started;
  private boolean done;

  /**
   * A read.
   *
   * @param splits shared by all tasks of the stage
   */
  public BoundedReadOperator(BoundedSplits splits, Receiver output) {
    this.splits = splits;
    this.output = output;
  }

  @Override
  public Progress advance(Slice slice) {
    OperatorContext opened = opened();
    MetricsEnvironmentState metrics =
        MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    MetricsContainer before = metrics.activate(opened.metrics());
    try {
      while (!slice.isUsedUp()) {
        BoundedReader<?> current = reader;
        if (current == null) {
          current = nextReader(opened);
          if (current == null) {
            done = true;
            return Progress.DONE;
          }
        }
        read(current, slice);
      }
      return Progress.MADE;
    } catch (IOException e) {
      throw UserCodeException.wrap(e);
    } catch (Exception e) {
      throw e instanceof RuntimeException unchecked ? unchecked : UserCodeException.wrap(e);
    } finally {
      metrics.activate(before);
    }
  }

  private @Nullable BoundedReader<?> nextReader(OperatorContext opened) throws Exception {
    BoundedSource<?> split = splits.take(opened.options());
    if (split == null) {
      return null;
    }
    reader = split.createReader(opened.options());
    started = false;
    return reader;
  }

  private void read(BoundedReader<?> current, Slice slice) throws IOException {
    do {
      boolean more = ahead.read(current, started, slice.left());
      started = true;
      ahead.passOn(output, null, slice);
      if (!more) {
        reader = null;
        current.close();
        return;
      }
    } while (!slice.isUsedUp());
  }

  @Override
  public long watermark() {
    return (done ? BoundedWindow.TIMESTAMP_MAX_VALUE : BoundedWindow.TIMESTAMP_MIN_VALUE)
        .getMillis();
  }

  @Override
  public void close() throws Exception {
    BoundedReader<?> open = reader;
    if (open != null) {
      reader = null;
      open.close();
    }
  }
}
