package dev.trestle.runner.source;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * The splits of an unbounded source, made once; split {@code i} belongs to task {@code i mod n}.
 * Every method may be called by any thread.
 */
public final class UnboundedSplits {

  private final UnboundedSource<?, ?> source;
  private final int tasks;

  @GuardedBy("this")
  private @Nullable List<? extends UnboundedSource<?, ?>> splits;

  public UnboundedSplits(UnboundedSource<?, ?> source, int tasks) {
    this.source = source;
    this.tasks = tasks;
  }

  /** The splits of one task. */
  synchronized List<UnboundedSource<?, ?>> of(int task, PipelineOptions options) throws Exception {
    if (splits == null) {
      splits = source.split(tasks, options);
    }
    List<UnboundedSource<?, ?>> own = new ArrayList<>();
    for (int i = task; i < splits.size(); i += tasks) {
      own.add(splits.get(i));
    }
    return own;
  }
}
