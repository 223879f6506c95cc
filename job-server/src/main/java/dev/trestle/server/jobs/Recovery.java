package dev.trestle.server.jobs;

import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;

/** What becomes of a job when the server is started again. */
enum Recovery {
  /** It is as it was: it has ended, or has not been run. */
  LEAVE(""),
  /** Somebody wanted it to be cancelled, and it does not run: it is. */
  CANCEL(""),
  /** It goes on from its last checkpoint. */
  RESUME(""),
  /** It cannot go on. */
  NO_CHECKPOINTS(
      "The server ended while the job ran, and the job took no checkpoints from which it could go"
          + " on. With --checkpointDir (--checkpoint_dir) a bounded job takes some, too."),
  /** It cannot go on. */
  NO_WORKERS(
      "The server ended while the job ran, and its workers were in the process of its client"
          + " (LOOPBACK), which the server cannot start again. Submit it with another environment, PROCESS"
          + " for example, to have it go on.");

  private final String reason;

  Recovery(String reason) {
    this.reason = reason;
  }

  static Recovery of(JobRecord job) {
    if (!JobStates.isLive(job.state())) {
      return LEAVE;
    }
    if (job.state() == JobState.Enum.CANCELLING) {
      return CANCEL;
    }
    if (job.checkpointDir() == null) {
      return NO_CHECKPOINTS;
    }
    return job.loopback() ? NO_WORKERS : RESUME;
  }

  /** Why it cannot go on, for its user; empty if it can. */
  String reason() {
    return reason;
  }
}
