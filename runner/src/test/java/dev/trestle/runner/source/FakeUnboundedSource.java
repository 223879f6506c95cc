package dev.trestle.runner.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Splits that have what the test gives them. An element is its own timestamp. */
public final class FakeUnboundedSource
    extends UnboundedSource<Long, UnboundedSource.CheckpointMark.NoopCheckpointMark> {

  /** One split. */
  public static final class Split {
    private final transient ArrayDeque<Long> elements = new ArrayDeque<>();
    private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

    /** Adds an element and moves the watermark to it. */
    public void add(long element) {
      elements.add(element);
      watermark = element;
    }

    public void end() {
      watermark = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
    }
  }

  private final transient List<Split> splits = new ArrayList<>();
  private final transient @Nullable Split only;

  /** A source to be split. */
  public FakeUnboundedSource(int number) {
    only = null;
    for (int i = 0; i < number; i++) {
      splits.add(new Split());
    }
  }

  private FakeUnboundedSource(Split only) {
    this.only = only;
  }

  public Split split(int index) {
    return splits.get(index);
  }

  @Override
  public List<FakeUnboundedSource> split(int desired, PipelineOptions options) {
    return splits.stream().map(FakeUnboundedSource::new).toList();
  }

  @Override
  public UnboundedReader<Long> createReader(
      PipelineOptions options, CheckpointMark.@Nullable NoopCheckpointMark mark) {
    if (only == null) {
      throw new IllegalStateException("To be split first");
    }
    return new Reader(this, only);
  }

  @Override
  public Coder<CheckpointMark.NoopCheckpointMark> getCheckpointMarkCoder() {
    throw new UnsupportedOperationException("Marks are not kept");
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  private static final class Reader extends UnboundedReader<Long> {

    private final FakeUnboundedSource source;
    private final Split split;
    private @Nullable Long current;

    Reader(FakeUnboundedSource source, Split split) {
      this.source = source;
      this.split = split;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      current = split.elements.poll();
      return current != null;
    }

    @Override
    public Long getCurrent() {
      if (current == null) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(getCurrent());
    }

    @Override
    public Instant getWatermark() {
      return Instant.ofEpochMilli(split.watermark);
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return CheckpointMark.NOOP_CHECKPOINT_MARK;
    }

    @Override
    public UnboundedSource<Long, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
