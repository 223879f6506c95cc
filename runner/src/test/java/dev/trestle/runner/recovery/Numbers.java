package dev.trestle.runner.recovery;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The numbers below a limit, each with its value in milliseconds as timestamp, in three splits. Has
 * nothing to read every now and then, and ends. Insists on being called with metrics, which sources
 * may report at any time.
 */
final class Numbers extends UnboundedSource<Long, Numbers.Mark> {

  private static final int SPLITS = 3;

  private final long limit;
  private final int period;
  private final int split;
  private final int splits;

  record Mark(long next) implements CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  Numbers(long limit) {
    this(limit, 50);
  }

  /**
   * Numbers that come at another pace.
   *
   * @param period after so many numbers each split has nothing to read, for once
   */
  Numbers(long limit, int period) {
    this(limit, period, 0, 1);
  }

  private Numbers(long limit, int period, int split, int splits) {
    this.limit = limit;
    this.period = period;
    this.split = split;
    this.splits = splits;
  }

  @Override
  public List<Numbers> split(int desired, PipelineOptions options) {
    requireMetrics();
    List<Numbers> all = new ArrayList<>();
    for (int i = 0; i < SPLITS; i++) {
      all.add(new Numbers(limit, period, i, SPLITS));
    }
    return all;
  }

  /** Which of the splits this is, from 0. */
  int number() {
    return split;
  }

  @Override
  public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Mark mark) {
    requireMetrics();
    return new Reader(mark == null ? split : mark.next());
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  private static void requireMetrics() {
    if (MetricsEnvironment.getCurrentContainer() == null) {
      throw new IllegalStateException("Called where metrics go nowhere");
    }
  }

  private final class Reader extends UnboundedReader<Long> {
    private long next;
    private long current = -1;
    private boolean paused;

    Reader(long next) {
      this.next = next;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= limit || (next % period < splits && !paused)) {
        paused = true;
        return false;
      }
      paused = false;
      current = next;
      next += splits;
      return true;
    }

    @Override
    public Long getCurrent() {
      if (current < 0) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(current);
    }

    @Override
    public Instant getWatermark() {
      return next >= limit ? BoundedWindow.TIMESTAMP_MAX_VALUE : Instant.ofEpochMilli(next);
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      requireMetrics();
      return new Mark(next);
    }

    @Override
    public UnboundedSource<Long, ?> getCurrentSource() {
      return Numbers.this;
    }

    @Override
    public void close() {}
  }
}
