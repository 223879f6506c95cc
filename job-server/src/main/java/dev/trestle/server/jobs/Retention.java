package dev.trestle.server.jobs;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Which jobs are forgotten: decides, and does nothing. */
final class Retention {

  private Retention() {}

  /** The jobs that are too many or too old; never one that is live. */
  static List<JobRecord> expired(Collection<JobRecord> jobs, JobLimits limits, Instant now) {
    long oldest = now.minus(limits.endedFor()).toEpochMilli();
    List<JobRecord> newestFirst =
        jobs.stream()
            .filter(job -> !JobStates.isLive(job.state()))
            .sorted(Comparator.comparingLong(JobRecord::stateMillis).reversed())
            .toList();
    int kept = 0;
    while (kept < Math.min(newestFirst.size(), limits.ended())
        && newestFirst.get(kept).stateMillis() >= oldest) {
      kept++;
    }
    return newestFirst.subList(kept, newestFirst.size());
  }
}
