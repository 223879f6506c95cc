package dev.trestle.server.jobs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.server.jobs.JobTable.MessageNumbers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.MetricResults;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTableTest {

  private static final MessageImportance BASIC = MessageImportance.JOB_MESSAGE_BASIC;

  @TempDir Path directory;

  static JobRecord record(String id, JobState.Enum state, long millis) {
    return new JobRecord(
        id, "name of " + id, state, millis, millis, 0, null, false, false, List.of("a", "b"));
  }

  private static List<String> texts(Feed<JobMessagesResponse> log) {
    List<String> texts = new ArrayList<>();
    long position = 0;
    for (Feed.Part<JobMessagesResponse> part = log.read(0);
        !part.items().isEmpty();
        part = log.read(position)) {
      part.items().forEach(each -> texts.add(each.getMessageResponse().getMessageText()));
      position = part.next();
    }
    return texts;
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    JobRecord record = record("sums-1", JobState.Enum.RUNNING, 12);
    PrepareJobRequest submission =
        PrepareJobRequest.newBuilder()
            .setJobName("sums")
            .setPipelineOptions(
                Struct.newBuilder().putFields("beam:option:x:v1", Value.getDefaultInstance()))
            .build();
    MetricResults metrics =
        MetricResults.newBuilder()
            .addCommitted(MonitoringInfo.newBuilder().setUrn("some:urn"))
            .build();
    try (JobTable table = JobTable.open(directory);
        JobTable.Change change = table.change()) {
      change.record(record).submission("sums-1", submission).metrics("sums-1", metrics).write(true);
    }
    try (JobTable table = JobTable.open(directory)) {
      assertThat(table.records(), contains(record));
      assertThat(table.submission("sums-1"), is(submission));
      assertThat(table.options("sums-1"), is(submission.getPipelineOptions()));
      assertThat(table.options("nobody"), is(Struct.getDefaultInstance()));
      assertThat(table.metrics("sums-1"), is(metrics));
      assertThat(table.metrics("nobody"), is(MetricResults.getDefaultInstance()));
    }
  }

  @Test
  void removedJobLeavesNothingAndNoOtherOnesMessages() throws IOException {
    try (JobTable table = JobTable.open(directory)) {
      for (String id : List.of("a", "a-1", "b")) {
        try (JobTable.Change change = table.change()) {
          change.record(record(id, JobState.Enum.DONE, 1)).write(true);
        }
        new MessageLog(table, id, InstantSource.system(), false).add(BASIC, "from " + id);
      }
      table.remove("a");

      assertThat(table.records().stream().map(JobRecord::id).toList(), contains("a-1", "b"));
      assertThat(table.messageNumbers("a"), is(new MessageNumbers(0, 0)));
      assertThat(
          texts(new MessageLog(table, "a-1", InstantSource.system(), true)), contains("from a-1"));
    }
  }

  @Test
  void messagesGoOnBehindThoseOfAnEarlierLife() throws IOException {
    try (JobTable table = JobTable.open(directory)) {
      new MessageLog(table, "job", InstantSource.system(), false).add(BASIC, "first");
    }
    try (JobTable table = JobTable.open(directory)) {
      MessageLog log = new MessageLog(table, "job", InstantSource.system(), false);
      log.add(BASIC, "second");

      assertThat(texts(log), contains("first", "second"));
    }
  }

  @Test
  void oldestMessagesAreForgottenAndLongOnesCut() throws IOException {
    try (JobTable table = JobTable.open(directory)) {
      MessageLog log = new MessageLog(table, "job", InstantSource.system(), false);
      for (int n = 0; n < 5001; n++) {
        log.add(BASIC, "message " + n);
      }
      log.add(BASIC, "x".repeat(1 << 20));

      List<String> texts = texts(log);
      assertThat(texts, hasSize(4502));
      assertThat(texts.get(0), is("message 500"));
      assertThat(texts.get(4501).length(), is((16 << 10) + "\n...".length()));
      assertThat(table.messageNumbers("job"), is(new MessageNumbers(500, 5002)));
    }
  }

  @Test
  void twoServersCannotHaveIt() throws IOException {
    try (JobTable table = JobTable.open(directory)) {
      IOException refusal = assertThrows(IOException.class, () -> JobTable.open(directory));

      assertThat(refusal.getMessage(), containsString(directory.toString()));
      assertThat(table.records(), is(empty()));
    }
  }

  @Test
  void callsAfterTheEndFail() throws IOException {
    JobTable table = JobTable.open(directory);
    MessageLog log = new MessageLog(table, "job", InstantSource.system(), false);
    table.close();

    assertThrows(JobTableException.class, table::records);
    log.add(BASIC, "too late"); // dropped
  }
}
