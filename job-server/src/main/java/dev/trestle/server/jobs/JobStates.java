package dev.trestle.server.jobs;

import java.time.Instant;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Timestamp;

/**
 * How a job's states of the job API are used here. A job is {@code STOPPED} when it has been
 * prepared, {@code STARTING} until its first tasks run, {@code RUNNING}, perhaps {@code DRAINING}
 * or {@code CANCELLING}, and at last {@code DONE}, {@code FAILED} or {@code CANCELLED}. One that
 * was drained is {@code DONE}: Beam's Python and Java clients take {@code DRAINED} for a failure.
 */
public final class JobStates {

  private JobStates() {}

  /** Whether a job in this state has ended. */
  public static boolean isFinal(JobState.Enum state) {
    return switch (state) {
      case DONE, FAILED, CANCELLED, UPDATED, DRAINED -> true;
      default -> false;
    };
  }

  /** Whether a job in this state has been started and has not ended. */
  static boolean isLive(JobState.Enum state) {
    return switch (state) {
      case STARTING, RUNNING, DRAINING, CANCELLING, UPDATING -> true;
      default -> false;
    };
  }

  static JobStateEvent event(JobState.Enum state, Instant at) {
    return JobStateEvent.newBuilder()
        .setState(state)
        .setTimestamp(Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()))
        .build();
  }
}
