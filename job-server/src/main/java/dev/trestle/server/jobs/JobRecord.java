package dev.trestle.server.jobs;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.List;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.jspecify.annotations.Nullable;

/**
 * What the table remembers of a job, next to its pipeline, messages and metrics.
 *
 * @param name the user's
 * @param state that it was last known to be in
 * @param stateMillis since when, milliseconds since 1970; the same unit for the others
 * @param preparedMillis when it was submitted
 * @param startedMillis when it was first started; 0 if it was not
 * @param checkpointDir where its checkpoints are, null if it takes none
 * @param ownCheckpoints whether that place was chosen by the server, and goes with the job
 * @param loopback whether its workers live in the process of its client
 * @param artifacts hashes of the files that it holds, in hexadecimal digits
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JobRecord(
    String id,
    String name,
    JobState.Enum state,
    long stateMillis,
    long preparedMillis,
    long startedMillis,
    @Nullable String checkpointDir,
    boolean ownCheckpoints,
    boolean loopback,
    List<String> artifacts) {

  /** Jobs of the same program have the same files: their hashes are in memory once. */
  public JobRecord {
    artifacts = artifacts.stream().map(String::intern).toList();
  }

  /** The job in another state. */
  JobRecord in(JobState.Enum next, Instant at) {
    long started =
        next == JobState.Enum.STARTING && startedMillis == 0 ? at.toEpochMilli() : startedMillis;
    return new JobRecord(
        id,
        name,
        next,
        at.toEpochMilli(),
        preparedMillis,
        started,
        checkpointDir,
        ownCheckpoints,
        loopback,
        artifacts);
  }

  /** The job with other files. */
  JobRecord with(List<String> files) {
    return new JobRecord(
        id,
        name,
        state,
        stateMillis,
        preparedMillis,
        startedMillis,
        checkpointDir,
        ownCheckpoints,
        loopback,
        files);
  }
}
