package dev.trestle.runner.source;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * The splits of a bounded source, made once. In a job without checkpoints they are taken one by one
 * by whichever task is free; in one with checkpoints each task has its own from the start, so that
 * its snapshot says which are left. Every method may be called by any thread.
 */
public final class BoundedSplits {

  /** So many splits a task, so that tasks end at about the same time. */
  private static final int SPLITS_PER_TASK = 4;

  /** Smaller splits would cost more to open than they gain. */
  private static final long LEAST_BYTES = 1 << 20;

  private final BoundedSource<?> source;
  private final int tasks;
  private final boolean shared;

  /** One queue for all tasks, or one for each. */
  @GuardedBy("this")
  private final List<Deque<Share>> queues = new ArrayList<>();

  @GuardedBy("this")
  private boolean made;

  /**
   * What a task is to read.
   *
   * @param position how many of the split's elements are to be left out
   */
  record Share(BoundedSource<?> split, long position) {}

  /**
   * The splits of a source.
   *
   * @param shared whether a task takes what others could read
   */
  public BoundedSplits(BoundedSource<?> source, int tasks, boolean shared) {
    this.source = source;
    this.tasks = tasks;
    this.shared = shared;
    for (int i = 0; i < (shared ? 1 : tasks); i++) {
      queues.add(new ArrayDeque<>());
    }
  }

  /** The next split for a task, or null where all have been taken. */
  synchronized @Nullable Share take(int task, PipelineOptions options) throws Exception {
    make(options);
    return queue(task).poll();
  }

  /** What a task would still take. */
  synchronized Collection<Share> left(int task, PipelineOptions options) {
    try {
      make(options);
    } catch (Exception e) {
      throw new IllegalStateException("The source cannot be split", e);
    }
    return List.copyOf(queue(task));
  }

  /** Says what a task has to read; it is not made of the source any more. */
  synchronized void restore(int task, List<Share> shares) {
    made = true;
    queue(task).addAll(shares);
  }

  @GuardedBy("this")
  private Deque<Share> queue(int task) {
    return queues.get(shared ? 0 : task);
  }

  @GuardedBy("this")
  private void make(PipelineOptions options) throws Exception {
    if (!made) {
      made = true;
      long bytes = source.getEstimatedSizeBytes(options);
      long desired = Math.max(LEAST_BYTES, bytes / ((long) tasks * SPLITS_PER_TASK));
      int next = 0;
      for (BoundedSource<?> split : source.split(desired, options)) {
        queue(next++ % tasks).add(new Share(split, 0));
      }
    }
  }
}
