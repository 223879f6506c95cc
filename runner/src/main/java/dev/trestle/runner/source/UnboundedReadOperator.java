package dev.trestle.runner.source;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.CausedByDrain;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the task's splits of an unbounded source, in turn. A split whose watermark has reached the
 * end of time is finished; the operator is done when all are.
 *
 * <p>The watermark is the least of the splits'. A split that is idle does not count; when all are,
 * the watermark goes to the furthest, where it would be had that one become idle last. When the job
 * is drained all splits are finished where they stand.
 *
 * <p>A snapshot has each split with its mark, which is finalised when the checkpoint has been
 * committed. In a job that takes no checkpoints that is when the bundle that read up to it has
 * ended: from then on a failure fails the job.
 *
 * <p>A mark that is restored is finalised before anything is read: it was committed, and whoever
 * committed it may have gone before it was finalised. Beam allows that a mark is never finalised,
 * and other runners leave a restored one alone; but then a queue delivers all of it again, and what
 * it does not number comes twice. A mark that cannot be finalised without the reader that made it
 * says so by an exception, which changes nothing.
 */
public final class UnboundedReadOperator extends AbstractSource {

  private static final Logger LOG = LoggerFactory.getLogger(UnboundedReadOperator.class);

  private static final String SPLITS = "splits";

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  /** How long to leave splits alone that had nothing to read, in milliseconds. */
  private static final long POLL_MILLIS = 2;

  private final UnboundedSplits splits;
  private final Receiver output;
  private final ReadAhead ahead = new ReadAhead();
  private final boolean requiresDeduping;
  private final long idleMillis;
  private final List<Split> live = new ArrayList<>();
  private int next;
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private boolean idle;
  private long wakeup = Long.MIN_VALUE;

  private static final class Split {
    final UnboundedSource<?, CheckpointMark> source;

    /** From where the reader goes on; null for the start. */
    final @Nullable CheckpointMark from;

    final UnboundedReader<?> reader;
    final Idleness idleness;
    boolean started;
    boolean readSinceMark;

    Split(
        UnboundedSource<?, CheckpointMark> source,
        @Nullable CheckpointMark from,
        PipelineOptions options,
        long idleMillis)
        throws IOException {
      this.source = source;
      this.from = from;
      reader = source.createReader(options, from);
      idleness = new Idleness(idleMillis);
    }

    /** Where the reader stands; null at the start. */
    @Nullable CheckpointMark mark() {
      return started ? reader.getCheckpointMark() : from;
    }
  }

  /**
   * A read.
   *
   * @param splits shared by all tasks of the stage
   * @param idleMillis after how long without anything to read a split is idle, in milliseconds of
   *     processing time; 0 for never
   */
  public UnboundedReadOperator(
      UnboundedSource<?, ?> source, UnboundedSplits splits, long idleMillis, Receiver output) {
    this.splits = splits;
    this.idleMillis = idleMillis;
    this.output = output;
    requiresDeduping = source.requiresDeduping();
  }

  @Override
  public void open(OperatorContext operatorContext) throws Exception {
    super.open(operatorContext);
    withMetrics(() -> openSplits(operatorContext));
    if (live.isEmpty()) {
      watermark = END;
    }
  }

  private void openSplits(OperatorContext operatorContext) throws Exception {
    PipelineOptions options = operatorContext.options();
    if (operatorContext.restored().isRestored()) {
      watermark = END;
      operatorContext.restored().read(SPLITS, (keyGroup, record) -> restore(record, options));
    } else {
      for (UnboundedSource<?, ?> split : splits.of(operatorContext.taskIndex(), options)) {
        live.add(new Split(typed(split), null, options, idleMillis));
      }
    }
  }

  @SuppressWarnings("unchecked") // a source reads its own marks
  private static UnboundedSource<?, CheckpointMark> typed(UnboundedSource<?, ?> source) {
    return (UnboundedSource<?, CheckpointMark>) source;
  }

  /**
   * Section {@code splits}: the watermark, the length of the source and the source, whether there
   * is a mark, and the mark.
   */
  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    withMetrics(() -> writeSplits(out.section(SPLITS)));
  }

  private void writeSplits(SnapshotWriter.Section section) throws IOException {
    for (Split split : live) {
      CheckpointMark mark = split.mark();
      ByteSink record = section.unkeyed();
      record.writeLong(watermark);
      byte[] source = SerializableUtils.serializeToByteArray(split.source);
      record.writeInt(source.length);
      record.write(source, 0, source.length);
      record.write(mark == null ? 0 : 1);
      if (mark != null) {
        split.source.getCheckpointMarkCoder().encode(mark, record);
        if (split.readSinceMark) {
          split.readSinceMark = false;
          finalizeLater(mark);
        }
      }
    }
  }

  private void restore(ByteSource record, PipelineOptions options) throws IOException {
    DataInputStream in = new DataInputStream(record);
    watermark = Math.min(watermark, in.readLong());
    UnboundedSource<?, CheckpointMark> source =
        typed(
            (UnboundedSource<?, ?>)
                SerializableUtils.deserializeFromByteArray(in.readNBytes(in.readInt()), "a split"));
    CheckpointMark mark =
        in.readByte() == 0 ? null : source.getCheckpointMarkCoder().decode(record);
    if (mark != null) {
      finalizeRestored(mark);
    }
    live.add(new Split(source, mark, options, idleMillis));
  }

  private static void finalizeRestored(CheckpointMark mark) {
    try {
      mark.finalizeCheckpoint();
    } catch (IOException | RuntimeException e) {
      LOG.info("Goes on without finalizing the restored mark {}: {}", mark, e.toString());
    }
  }

  @Override
  public Progress advance(Slice slice) {
    OperatorContext opened = opened();
    MetricsEnvironmentState metrics =
        MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    MetricsContainer before = metrics.activate(opened.metrics());
    try {
      if (opened.isDraining()) {
        stopReading();
      }
      boolean read = false;
      long now = opened.clock().millis();
      for (int i = live.size(); i > 0 && !slice.isUsedUp(); i--) {
        next = next < live.size() - 1 ? next + 1 : 0;
        Split split = live.get(next);
        boolean found = read(split, slice);
        split.idleness.looked(found, now);
        read |= found;
      }
      updateWatermark();
      if (live.isEmpty()) {
        return Progress.DONE;
      }
      wakeup = read ? Long.MIN_VALUE : now + POLL_MILLIS;
      return read ? Progress.MADE : Progress.NONE;
    } catch (IOException e) {
      throw UserCodeException.wrap(e);
    } finally {
      metrics.activate(before);
    }
  }

  /** All that was read has been handed on; what is not read stays with the source. */
  private void stopReading() throws IOException {
    while (!live.isEmpty()) {
      Split split = live.remove(live.size() - 1);
      mark(split);
      split.reader.close();
    }
  }

  private boolean read(Split split, Slice slice) throws IOException {
    UnboundedReader<?> reader = split.reader;
    boolean any = false;
    boolean more;
    do {
      // An element's id can be asked for only while the reader stands at the element.
      more = ahead.read(reader, split.started, requiresDeduping ? 1 : slice.left());
      split.started = true;
      if (ahead.count() > 0) {
        any = true;
        ahead.passOn(output, requiresDeduping ? withId(reader) : null, slice);
      }
    } while (more && !slice.isUsedUp());
    split.readSinceMark |= any;
    return any;
  }

  private static @Nullable Metadata withId(UnboundedReader<?> reader) {
    String id = new String(reader.getCurrentRecordId(), StandardCharsets.ISO_8859_1);
    return Metadata.of(id, null, CausedByDrain.NORMAL);
  }

  private void updateWatermark() throws IOException {
    long least = END;
    long furthest = watermark;
    idle = true;
    for (int i = live.size() - 1; i >= 0; i--) {
      Split split = live.get(i);
      Instant reached = split.reader.getWatermark();
      if (!reached.isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE)) {
        live.remove(i);
        mark(split);
        split.reader.close();
      } else {
        furthest = Math.max(furthest, reached.getMillis());
        if (!split.idleness.isIdle()) {
          idle = false;
          least = Math.min(least, reached.getMillis());
        }
      }
    }
    idle &= !live.isEmpty();
    watermark = idle ? furthest : Math.max(watermark, least);
  }

  @Override
  public void finishBundle() {
    if (opened().takesCheckpoints()) {
      return;
    }
    try {
      withMetrics(
          () -> {
            for (int i = 0; i < live.size(); i++) {
              mark(live.get(i));
            }
          });
    } catch (IOException e) {
      throw UserCodeException.wrap(e);
    }
  }

  private void mark(Split split) throws IOException {
    if (split.readSinceMark) {
      split.readSinceMark = false;
      CheckpointMark mark = split.reader.getCheckpointMark();
      if (mark != null) {
        finalizeLater(mark);
      }
    }
  }

  private void finalizeLater(CheckpointMark mark) {
    opened()
        .bundleFinalizer()
        .afterBundleCommit(
            BoundedWindow.TIMESTAMP_MAX_VALUE, () -> withMetrics(mark::finalizeCheckpoint));
  }

  private interface SourceCall<X extends Exception> {
    void run() throws X;
  }

  /** A call into the user's source, which may count something. */
  private <X extends Exception> void withMetrics(SourceCall<X> call) throws X {
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(opened().metrics());
    try {
      call.run();
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }

  @Override
  public long watermark() {
    return watermark;
  }

  @Override
  public boolean isIdle() {
    return idle;
  }

  @Override
  public long nextWakeup() {
    return wakeup;
  }

  @Override
  public void close() throws Exception {
    Exception first = null;
    for (Split split : live) {
      try {
        split.reader.close();
      } catch (IOException | RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    live.clear();
    if (first != null) {
      throw first;
    }
  }
}
