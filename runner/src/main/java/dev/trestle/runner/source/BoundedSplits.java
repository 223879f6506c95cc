package dev.trestle.runner.source;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * The splits of a bounded source, made once and then taken one by one by whichever task is free.
 * Every method may be called by any thread.
 */
public final class BoundedSplits {

  /** So many splits a task, so that tasks end at about the same time. */
  private static final int SPLITS_PER_TASK = 4;

  /** Smaller splits would cost more to open than they gain. */
  private static final long LEAST_BYTES = 1 << 20;

  private final BoundedSource<?> source;
  private final int tasks;

  @GuardedBy("this")
  private @Nullable Queue<BoundedSource<?>> splits;

  public BoundedSplits(BoundedSource<?> source, int tasks) {
    this.source = source;
    this.tasks = tasks;
  }

  /** The next split, or null where all have been taken. */
  public synchronized @Nullable BoundedSource<?> take(PipelineOptions options) throws Exception {
    if (splits == null) {
      long bytes = source.getEstimatedSizeBytes(options);
      long desired = Math.max(LEAST_BYTES, bytes / ((long) tasks * SPLITS_PER_TASK));
      splits = new ArrayDeque<>(source.split(desired, options));
    }
    return splits.poll();
  }
}
