package dev.trestle.runner;

import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.StreamingOptions;

/** Options of {@link TrestleRunner}. Values out of range are refused before anything runs. */
public interface TrestlePipelineOptions
    extends PipelineOptions, StreamingOptions, ApplicationNameOptions {

  /** Number of tasks of each stage, and of threads; 0 for one per processor, at most 128. */
  @Description(
      "How many tasks of each step run side by side: 1 to 128, or 0 for one per processor.")
  @Default.Integer(0)
  int getParallelism();

  void setParallelism(int parallelism);

  /** Most elements in a bundle, at least 1. */
  @Description("How many elements a bundle has at most; at least 1.")
  @Default.Integer(10_000)
  int getMaxBundleSize();

  void setMaxBundleSize(int elements);

  /** Most milliseconds that a bundle takes in elements; 0 for 50 (streaming) or 1000 (bounded). */
  @Description(
      "For how many milliseconds a bundle takes in elements at most; 0 for 50 in a streaming job,"
          + " 1000 in a bounded one.")
  @Default.Long(0)
  long getMaxBundleMillis();

  void setMaxBundleMillis(long millis);

  /**
   * After how many milliseconds without anything to read a split of an unbounded source (a
   * partition, say) does not hold the watermark back any more; 0 for never.
   *
   * <p>Trestle takes a source's watermark as it is, and one that stands still while there is
   * nothing to read keeps every window open. With this option windows end by the other splits. When
   * the split has something again, elements behind the watermark are late, and dropped if their
   * window has expired: choose a time longer than the source may pause by accident, or allow
   * lateness.
   */
  @Description(
      "After how many milliseconds without anything to read a split of an unbounded source does not"
          + " hold the watermark back any more; 0 for never. What comes through the split after"
          + " that may be late.")
  @Default.Long(0)
  long getSourceIdleMillis();

  void setSourceIdleMillis(long millis);

  /** Megabytes for the engine's buffers, of all tasks together; 0 for 40 % of the heap. */
  @Description(
      "Megabytes that the engine may use for grouping, side inputs and buffers before it goes to"
          + " disk; 0 for 40 % of the heap.")
  @Default.Long(0)
  long getMemoryBudgetMb();

  void setMemoryBudgetMb(long megabytes);

  /** Whether to check that no DoFn changes its input; slow, for tests. */
  @Description(
      "Checks that no DoFn changes an element that it was given or has put out. Slow: for tests.")
  @Default.Boolean(false)
  boolean getEnforceImmutability();

  void setEnforceImmutability(boolean enforce);
}
