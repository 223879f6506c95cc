package dev.trestle.runner.inspect;

import java.util.List;

/**
 * What there is of one job.
 *
 * @param checkpoints oldest first
 * @param problems what is named and cannot be read, one sentence each
 */
public record JobSummary(String job, List<CheckpointSummary> checkpoints, List<String> problems) {

  public JobSummary {
    checkpoints = List.copyOf(checkpoints);
    problems = List.copyOf(problems);
  }
}
