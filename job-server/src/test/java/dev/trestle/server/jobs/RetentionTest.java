package dev.trestle.server.jobs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private static final Instant NOW = Instant.ofEpochMilli(10_000);

  private static JobRecord job(String id, JobState.Enum state, long millis) {
    return JobTableTest.record(id, state, millis);
  }

  private static List<String> expired(int kept, long millis, JobRecord... jobs) {
    return Retention.expired(List.of(jobs), new JobLimits(1, kept, Duration.ofMillis(millis)), NOW)
        .stream()
        .map(JobRecord::id)
        .toList();
  }

  @Test
  void newestAreKept() {
    assertThat(
        expired(
            2,
            100_000,
            job("old", JobState.Enum.DONE, 1),
            job("newer", JobState.Enum.FAILED, 2),
            job("newest", JobState.Enum.STOPPED, 3)),
        contains("old"));
  }

  @Test
  void oldOnesGo() {
    assertThat(
        expired(
            10,
            1000,
            job("old", JobState.Enum.CANCELLED, 8_999),
            job("new", JobState.Enum.CANCELLED, 9_000)),
        contains("old"));
  }

  @Test
  void liveOnesStay() {
    assertThat(
        expired(
            0,
            1,
            job("running", JobState.Enum.RUNNING, 1),
            job("draining", JobState.Enum.DRAINING, 1),
            job("starting", JobState.Enum.STARTING, 1)),
        is(empty()));
  }
}
