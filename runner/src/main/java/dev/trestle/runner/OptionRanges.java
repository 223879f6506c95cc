package dev.trestle.runner;

import dev.trestle.runner.remote.JobServerOptions;

/** Refuses values that make no sense, with the option's name and the range. */
final class OptionRanges {

  private static final int MOST_PARALLELISM = 128;
  private static final long MOST_MEGABYTES = 1 << 20;

  private OptionRanges() {}

  static void check(TrestlePipelineOptions options) {
    check("parallelism", options.getParallelism(), 0, MOST_PARALLELISM);
    check("maxBundleSize", options.getMaxBundleSize(), 1, Integer.MAX_VALUE);
    check("maxBundleMillis", options.getMaxBundleMillis(), 0, Integer.MAX_VALUE);
    check("sourceIdleMillis", options.getSourceIdleMillis(), 0, Integer.MAX_VALUE);
    check("checkpointInterval", options.getCheckpointInterval(), 1, Integer.MAX_VALUE);
    check("maxRestarts", options.getMaxRestarts(), 0, Integer.MAX_VALUE);
    boolean serverDecides = options.as(JobServerOptions.class).getEndpoint() != null;
    if (options.getCheckpointDir() == null && !serverDecides) {
      refuse(
          "checkpointInterval",
          options.getCheckpointInterval() != TrestlePipelineOptions.DEFAULT_CHECKPOINT_INTERVAL);
      refuse(
          "maxRestarts", options.getMaxRestarts() != TrestlePipelineOptions.DEFAULT_MAX_RESTARTS);
      refuse("resume", options.getResume());
      refuse("resumeFrom", options.getResumeFrom() != null);
      refuse("allowStateLoss", options.getAllowStateLoss());
      refuse("checkpointWithoutFencing", options.getCheckpointWithoutFencing());
    }
    check("memoryBudgetMb", options.getMemoryBudgetMb(), 0, MOST_MEGABYTES);
  }

  private static void refuse(String name, boolean given) {
    if (given) {
      throw new IllegalArgumentException(
          String.format("--%s has no effect without --checkpointDir", name));
    }
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          String.format("--%s=%d: must be from %d to %d", name, value, least, most));
    }
  }
}
