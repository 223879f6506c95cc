package dev.trestle.runner;

import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.StreamingOptions;
import org.jspecify.annotations.Nullable;

/** Options of {@link TrestleRunner}. Values out of range are refused before anything runs. */
public interface TrestlePipelineOptions
    extends PipelineOptions, StreamingOptions, ApplicationNameOptions {

  long DEFAULT_CHECKPOINT_INTERVAL = 10_000;

  int DEFAULT_MAX_RESTARTS = 5;

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

  /**
   * Where checkpoints go: a directory, or a URI with a scheme that there is a store for. A job of
   * the same name that has checkpoints there goes on from the newest that is whole. Without it,
   * nothing survives the process.
   */
  @Description(
      "Where checkpoints go: a directory, or with their stores s3://BUCKET/PREFIX,"
          + " gs://BUCKET/PREFIX, hdfs://NAMENODE/DIRECTORY. A job of the same --jobName that has checkpoints there goes on"
          + " from the newest one. Without it a job takes none, and what fails is not started"
          + " again.")
  @Nullable String getCheckpointDir();

  void setCheckpointDir(@Nullable String directory);

  /** Milliseconds from the end of a checkpoint to the beginning of the next, at least 1. */
  @Description("Milliseconds between two checkpoints; at least 1. Needs --checkpointDir.")
  @Default.Long(DEFAULT_CHECKPOINT_INTERVAL)
  long getCheckpointInterval();

  void setCheckpointInterval(long millis);

  /**
   * Whether checkpoints may go to a file system of Beam's that cannot keep two processes with the
   * same job from each other. The user sees to it that there is one.
   */
  @Description(
      "Lets checkpoints go to a file system of Beam's for which there is no store. Two processes"
          + " that run the same job do not notice each other then, and results may be lost or"
          + " repeated: see to it that there is one.")
  @Default.Boolean(false)
  boolean getCheckpointWithoutFencing();

  void setCheckpointWithoutFencing(boolean consent);

  /** Whether it is an error that there is no checkpoint to go on from. */
  @Description("Refuses to begin anew: there has to be a checkpoint of the job in --checkpointDir.")
  @Default.Boolean(false)
  boolean getResume();

  void setResume(boolean resume);

  /**
   * The place of a savepoint, of this job or another, that the job is started from. A job that has
   * checkpoints of its own goes on from these if it was started from the same savepoint before;
   * otherwise they are given up.
   */
  @Description(
      "A savepoint to start from, of this job or another: its directory or URI. A job that was"
          + " started from it before goes on from its own newest checkpoint. Needs --checkpointDir.")
  @Nullable String getResumeFrom();

  void setResumeFrom(@Nullable String savepoint);

  /**
   * Whether the job goes on from a checkpoint without the state of those steps that are gone since
   * then, or whose coders, windows or timers have changed.
   */
  @Description(
      "Goes on from a checkpoint of a pipeline that has changed, without the state of those steps"
          + " that cannot go on with it. Without this option such a job is refused, with a report.")
  @Default.Boolean(false)
  boolean getAllowStateLoss();

  void setAllowStateLoss(boolean consent);

  /**
   * Whether the job is drained from its start: it ends what it had begun in its earlier life, and
   * begins nothing.
   */
  @Description(
      "Drains the job from its start: unbounded sources read nothing more, splittable DoFns truncate"
          + " what is left to be done, and what has been read goes through. Ends a streaming job in"
          + " good order from its last checkpoint, or from a savepoint.")
  @Default.Boolean(false)
  boolean getDrain();

  void setDrain(boolean drain);

  /** How often a job may fail without a checkpoint in between and be started again. */
  @Description(
      "How often the job is started again, from its last checkpoint, when it fails without having"
          + " taken another in between. Needs --checkpointDir.")
  @Default.Integer(DEFAULT_MAX_RESTARTS)
  int getMaxRestarts();

  void setMaxRestarts(int restarts);

  /** Whether to check that no DoFn changes its input; slow, for tests. */
  @Description(
      "Checks that no DoFn changes an element that it was given or has put out. Slow: for tests.")
  @Default.Boolean(false)
  boolean getEnforceImmutability();

  void setEnforceImmutability(boolean enforce);
}
