package dev.trestle.runner.source;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.BoundedSource.BoundedReader;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bounded source, split by split. A split that is read in part when a snapshot is taken is
 * read again from its start, and as many elements are left out as had been handed on: Beam requires
 * that a bounded source reads the same elements in the same order.
 */
public final class BoundedReadOperator extends AbstractSource {

  private static final String SPLITS = "splits";

  private final BoundedSplits splits;
  private final Receiver output;
  private final ReadAhead ahead = new ReadAhead();
  private @Nullable BoundedReader<?> reader;

  /** What {@link #reader} reads. */
  private @Nullable BoundedSource<?> split;

  /** How many elements of the split have been handed on. */
  private long position;

  /** How many of them were handed on in an earlier life, and are still to be left out. */
  private long toSkip;

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
    BoundedSplits.Share share = splits.take(opened.taskIndex(), opened.options());
    if (share == null) {
      return null;
    }
    split = share.split();
    toSkip = share.position();
    position = 0;
    reader = share.split().createReader(opened.options());
    started = false;
    return reader;
  }

  @Override
  public void open(OperatorContext context) throws Exception {
    super.open(context);
    if (context.restored().isRestored()) {
      List<BoundedSplits.Share> shares = new ArrayList<>();
      context.restored().read(SPLITS, (keyGroup, record) -> shares.add(read(record)));
      splits.restore(context.taskIndex(), shares);
    }
  }

  /** Section {@code splits}: what is left, each with how many elements are to be left out. */
  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    SnapshotWriter.Section section = out.section(SPLITS);
    if (split != null && reader != null) {
      write(new BoundedSplits.Share(split, Math.max(position, toSkip)), section.unkeyed());
    }
    for (BoundedSplits.Share share : splits.left(opened().taskIndex(), opened().options())) {
      write(share, section.unkeyed());
    }
  }

  private static void write(BoundedSplits.Share share, ByteSink out) throws IOException {
    out.writeLong(share.position());
    out.write(SerializableUtils.serializeToByteArray(share.split()));
  }

  private static BoundedSplits.Share read(ByteSource record) throws IOException {
    DataInputStream in = new DataInputStream(record);
    long position = in.readLong();
    return new BoundedSplits.Share(
        (BoundedSource<?>) SerializableUtils.deserializeFromByteArray(in.readAllBytes(), "a split"),
        position);
  }

  private void read(BoundedReader<?> current, Slice slice) throws IOException {
    do {
      boolean more = ahead.read(current, started, slice.left());
      started = true;
      position += ahead.count();
      if (toSkip > 0) {
        toSkip -= ahead.drop(toSkip);
      }
      ahead.passOn(output, null, slice);
      if (!more) {
        reader = null;
        split = null;
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
