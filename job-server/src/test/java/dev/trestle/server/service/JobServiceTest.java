package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.engine.RunningJob.State;
import dev.trestle.server.jobs.JobLimits;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.model.jobmanagement.v1.JobApi.DescribePipelineOptionsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobPipelineRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobInfo;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.model.jobmanagement.v1.JobApi.PipelineOptionDescriptor;
import org.apache.beam.model.jobmanagement.v1.JobApi.PipelineOptionType;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobResponse;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.IsBounded;
import org.apache.beam.model.pipeline.v1.RunnerApi.PCollection;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.runners.core.metrics.MonitoringInfoEncodings;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobServiceTest {

  private static final Pipeline UNBOUNDED =
      Pipeline.newBuilder()
          .setComponents(
              Components.newBuilder()
                  .putPcollections(
                      "numbers",
                      PCollection.newBuilder().setIsBounded(IsBounded.Enum.UNBOUNDED).build()))
          .build();

  @TempDir Path directory;

  private final FakeLauncher launcher = new FakeLauncher();
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start(directory, launcher);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  @Test
  void jobGoesThroughItsStates() throws Exception {
    String id = server.prepare();
    assertThat(server.state(id), is(JobState.Enum.STOPPED));

    assertThat(server.run(id), is(id));
    launcher.next().job().end(State.DONE);

    assertThat(server.awaitEnd(id), is(JobState.Enum.DONE));
    assertThat(server.state(id), is(JobState.Enum.DONE));
  }

  @Test
  void clientMayFollowMessagesBeforeItRuns() throws Exception {
    String id = server.prepare();
    Iterator<JobMessagesResponse> messages = server.messages(id);

    server.run(id);
    FakeLauncher.Launch launch = launcher.next();
    Iterator<JobStateEvent> states = server.states(id);
    while (states.next().getState() != JobState.Enum.RUNNING) {}
    launch.messages().add(MessageImportance.JOB_MESSAGE_WARNING, "careful");
    launch.job().end(State.DONE);

    assertThat(states.next().getState(), is(JobState.Enum.DONE));
    assertThat(states.hasNext(), is(false));
    assertThat(told(messages), contains("STARTING", "RUNNING", "careful", "DONE"));
  }

  @Test
  void clientMayNotFollowStatesBeforeItRuns() {
    Iterator<JobStateEvent> states = server.states(server.prepare());
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, states::next);
    assertThat(refused.getStatus().getCode(), is(Status.Code.FAILED_PRECONDITION));
    assertThat(refused.getMessage(), containsString("has not been run"));
  }

  @Test
  void messagesAreReplayedToThoseWhoComeLate() throws Exception {
    String id = server.run(server.prepare());
    FakeLauncher.Launch launch = launcher.next();
    server.awaitRunning(id);
    launch.messages().add(MessageImportance.JOB_MESSAGE_BASIC, "first");
    launch.job().end(State.DONE);
    server.awaitEnd(id);

    assertThat(told(server.messages(id)), contains("STARTING", "RUNNING", "first", "DONE"));
    assertThat(told(server.messages(id)), contains("STARTING", "RUNNING", "first", "DONE"));
  }

  private static List<String> told(Iterator<JobMessagesResponse> messages) {
    List<String> told = new ArrayList<>();
    while (messages.hasNext()) {
      JobMessagesResponse message = messages.next();
      told.add(
          message.hasMessageResponse()
              ? message.getMessageResponse().getMessageText()
              : message.getStateResponse().getState().name());
    }
    return told;
  }

  @Test
  void preparationRunsOnce() throws Exception {
    String prepared = server.prepare();

    assertThat(server.run(prepared), is(server.run(prepared)));
    launcher.next().job().end(State.DONE);
    server.awaitEnd(prepared);

    assertThat(server.run(prepared), is(prepared));
    assertThat(launcher.isIdle(), is(true));
    assertThat(server.state(prepared), is(JobState.Enum.DONE));
  }

  @Test
  void failureIsTheLastMessageWithItsStack() throws Exception {
    String id = server.run(server.prepare());
    launcher.next().job().fail(new IllegalStateException("no such key: seven"));

    assertThat(server.awaitEnd(id), is(JobState.Enum.FAILED));
    assertThat(
        told(server.messages(id)),
        hasItem(
            allOf(
                startsWith("java.lang.IllegalStateException: no such key: seven"),
                containsString("JobServiceTest.failureIsTheLastMessageWithItsStack"))));
  }

  @Test
  void jobThatCannotBeStartedHasFailed() throws Exception {
    try (TestServer other =
        TestServer.start(
            directory.resolve("other"),
            new FakeLauncher(
                submission -> {
                  throw new IllegalStateException("no workers");
                }))) {
      String id = other.run(other.prepare());

      assertThat(other.awaitEnd(id), is(JobState.Enum.FAILED));
      assertThat(told(other.messages(id)), hasItem(containsString("no workers")));
    }
  }

  @Test
  void cancelIsAnsweredAtOnceAndTheJobEnds() throws Exception {
    String id = server.run(server.prepare());
    launcher.next();

    assertThat(server.cancel(id), is(JobState.Enum.CANCELLING));
    assertThat(server.awaitEnd(id), is(JobState.Enum.CANCELLED));
    assertThat(server.cancel(id), is(JobState.Enum.CANCELLED));
  }

  @Test
  void startThatTakesTooLongIsInterrupted() throws Exception {
    CountDownLatch starting = new CountDownLatch(1);
    try (TestServer slow =
        TestServer.start(
            directory.resolve("slow"),
            new FakeLauncher(
                submission -> {
                  starting.countDown();
                  while (!Thread.interrupted()) {
                    LockSupport.park();
                  }
                  throw new IllegalStateException("interrupted");
                }))) {
      String id = slow.run(slow.prepare());
      assertThat(starting.await(60, TimeUnit.SECONDS), is(true));

      slow.cancel(id);

      assertThat(slow.awaitEnd(id), is(JobState.Enum.CANCELLED));
    }
  }

  @Test
  void jobThatWasNeverRunIsCancelled() {
    String id = server.prepare();

    assertThat(server.cancel(id), is(JobState.Enum.CANCELLED));
    assertThat(server.run(id), is(id));
    assertThat(launcher.isIdle(), is(true));
    assertThat(server.state(id), is(JobState.Enum.CANCELLED));
  }

  @Test
  void attemptedAndCommittedMetricsAreTold() throws Exception {
    String id = server.run(server.prepare());
    FakeJob job = launcher.next().job();
    server.awaitRunning(id);
    job.count("Count/Par Do", "lines", 7, 5);

    assertThat(counter(server.metrics(id).getAttemptedList()), is("Count/Par Do test lines 7"));
    assertThat(counter(server.metrics(id).getCommittedList()), is("Count/Par Do test lines 5"));

    job.end(State.DONE);
    server.awaitEnd(id);
    assertThat(counter(server.metrics(id).getAttemptedList()), is("Count/Par Do test lines 7"));
    assertThat(counter(server.metrics(id).getCommittedList()), is("Count/Par Do test lines 5"));
  }

  private static String counter(List<MonitoringInfo> infos) {
    MonitoringInfo info = infos.get(0);
    return String.join(
        " ",
        info.getLabelsOrThrow("PTRANSFORM"),
        info.getLabelsOrThrow("NAMESPACE"),
        info.getLabelsOrThrow("NAME"),
        String.valueOf(MonitoringInfoEncodings.decodeInt64Counter(info.getPayload())));
  }

  @Test
  void jobThatHasEndedDoesNotStayInMemory() throws Exception {
    String id = server.run(server.prepare());
    WeakReference<FakeJob> job = endNext();
    assertThat(server.awaitEnd(id), is(JobState.Enum.DONE));

    while (job.get() != null) {
      System.gc();
      Thread.sleep(10);
    }
  }

  private WeakReference<FakeJob> endNext() throws InterruptedException {
    FakeJob job = launcher.next().job();
    job.end(State.DONE);
    return new WeakReference<>(job);
  }

  @Test
  void jobsAreListedInTheirOrder() throws Exception {
    String first = server.prepare();
    String second = server.run(server.prepare());
    launcher.next();

    List<JobInfo> jobs =
        server.jobs().getJobs(GetJobsRequest.getDefaultInstance()).getJobInfoList();

    assertThat(jobs.stream().map(JobInfo::getJobId).toList(), contains(first, second));
    assertThat(jobs.get(0).getJobName(), is("test"));
    assertThat(jobs.get(0).getState(), is(JobState.Enum.STOPPED));
  }

  @Test
  void jobsAreListedWithTheirOptionsTheNewestFirstIfThereAreTooMany() {
    Map<String, Value> large = Map.of("text", text("x".repeat(TestServer.MESSAGE_BYTES - 1000)));
    String first = server.prepare(Pipeline.getDefaultInstance(), large);
    server.prepare(Pipeline.getDefaultInstance(), large);
    server.prepare(Pipeline.getDefaultInstance(), large);

    List<JobInfo> jobs =
        server.jobs().getJobs(GetJobsRequest.getDefaultInstance()).getJobInfoList();

    assertThat(jobs.get(0).getJobId(), is(first));
    assertThat(
        jobs.stream().map(job -> job.getPipelineOptions().getFieldsMap().keySet()).toList(),
        contains(Set.of(), Set.of("beam:option:text:v1"), Set.of("beam:option:text:v1")));
  }

  @Test
  void pipelineIsGivenBack() {
    String id = server.prepare(UNBOUNDED, Map.of());

    assertThat(
        server
            .jobs()
            .getPipeline(GetJobPipelineRequest.newBuilder().setJobId(id).build())
            .getPipeline(),
        is(UNBOUNDED));
  }

  @Test
  void clientIsToldToStageWhereItHasReachedTheServer() {
    PrepareJobResponse prepared =
        server.jobs().prepare(PrepareJobRequest.newBuilder().setJobName("test").build());

    assertThat(prepared.getArtifactStagingEndpoint().getUrl(), is(server.endpoint()));
    assertThat(prepared.getStagingSessionToken(), is(prepared.getPreparationId()));
  }

  @Test
  void runnerOptionsAreDescribed() {
    List<PipelineOptionDescriptor> options =
        server
            .jobs()
            .describePipelineOptions(DescribePipelineOptionsRequest.getDefaultInstance())
            .getOptionsList();

    PipelineOptionDescriptor interval =
        options.stream()
            .filter(option -> option.getName().equals("checkpoint_interval"))
            .findFirst()
            .orElseThrow();
    assertThat(interval.getType(), is(PipelineOptionType.Enum.INTEGER));
    assertThat(interval.getDefaultValue(), is("10000"));
    assertThat(interval.getDescription(), containsString("Milliseconds"));
    List<String> names = options.stream().map(PipelineOptionDescriptor::getName).toList();
    assertThat(names, hasItem("parallelism"));
    assertThat(names, not(hasItem("endpoint")));
  }

  @Test
  void optionsReachTheEngineAndTheWorkers() throws Exception {
    server.run(
        server.prepare(
            Pipeline.getDefaultInstance(),
            Map.of(
                "parallelism", text("3"),
                "job_name", text("count"),
                "runner", text("PortableRunner"),
                "pickle_library", text("cloudpickle"))));
    FakeLauncher.Launch launch = launcher.next();

    assertThat(launch.submission().options().getParallelism(), is(3));
    assertThat(launch.submission().options().getJobName(), is("count"));
    assertThat(launch.submission().job(), startsWith("count-"));
    Struct sdk = launch.submission().sdkOptions();
    assertThat(sdk.getFieldsOrThrow("beam:option:pickle_library:v1"), is(text("cloudpickle")));
  }

  @Test
  void negativeParallelismIsNone() throws Exception {
    server.run(
        server.prepare(
            Pipeline.getDefaultInstance(),
            Map.of("parallelism", Value.newBuilder().setNumberValue(-1).build())));

    assertThat(launcher.next().submission().options().getParallelism(), is(0));
  }

  @Test
  void optionsOfGoAreRead() throws Exception {
    Value own = Value.newBuilder().setStructValue(struct("parallelism", text("5"))).build();
    Value go = Value.newBuilder().setStructValue(struct("options", own)).build();
    server.run(server.prepare(Pipeline.getDefaultInstance(), Map.of("go_options", go)));

    assertThat(launcher.next().submission().options().getParallelism(), is(5));
  }

  private static Struct struct(String key, Value value) {
    return Struct.newBuilder().putFields(key, value).build();
  }

  @Test
  void badOptionIsRefusedByName() {
    StatusRuntimeException refusal =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                server.prepare(
                    Pipeline.getDefaultInstance(), Map.of("checkpoint_interval", text("often"))));
    StatusRuntimeException range =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                server.prepare(Pipeline.getDefaultInstance(), Map.of("parallelism", text("1000"))));

    assertThat(refusal.getStatus().getCode(), is(Status.Code.INVALID_ARGUMENT));
    assertThat(refusal.getStatus().getDescription(), containsString("--checkpoint_interval=often"));
    assertThat(range.getStatus().getDescription(), containsString("from 0 to 128"));
  }

  @Test
  void misspelledOptionIsRefusedWithTheRightOne() {
    Map<String, String> meant =
        Map.of(
            "checkpoint_dirr", "checkpoint_dir",
            "checkpiont_dir", "checkpoint_dir",
            "checkpointDir", "checkpoint_dir",
            "paralelism", "parallelism",
            "Max-Restarts", "max_restarts");
    meant.forEach(
        (wrong, right) -> {
          StatusRuntimeException refusal =
              assertThrows(
                  StatusRuntimeException.class,
                  () -> server.prepare(Pipeline.getDefaultInstance(), Map.of(wrong, text("3"))));
          assertThat(refusal.getStatus().getCode(), is(Status.Code.INVALID_ARGUMENT));
          assertThat(
              refusal.getStatus().getDescription(),
              is("--" + wrong + ": there is no such option; did you mean --" + right + "?"));
        });
  }

  @Test
  void optionsThatAreSomebodyElsesPass() {
    for (String other :
        List.of("train", "resumed", "checkpointing_interval", "max_parallelism", "input")) {
      server.prepare(Pipeline.getDefaultInstance(), Map.of(other, text("3")));
    }
  }

  @Test
  void noMoreWorkersThanAllowed() {
    StatusRuntimeException refusal =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                server.prepare(
                    Pipeline.getDefaultInstance(),
                    Map.of("sdk_worker_parallelism", text("100000"))));

    assertThat(refusal.getStatus().getCode(), is(Status.Code.INVALID_ARGUMENT));
    assertThat(
        refusal.getStatus().getDescription(),
        is("--sdk_worker_parallelism=100000: must be from 0 to 128"));
  }

  @Test
  void streamingJobTakesCheckpointsUnlessItSaysWhere() throws Exception {
    String chosen = server.run(server.prepare(UNBOUNDED, Map.of()));
    String own = directory.resolve("own").toString();

    assertThat(
        launcher.next().submission().options().getCheckpointDir(),
        is(directory.resolve("checkpoints").resolve(chosen).toString()));
    server.run(server.prepare(UNBOUNDED, Map.of("checkpoint_dir", text(own))));
    assertThat(launcher.next().submission().options().getCheckpointDir(), is(own));
    server.run(server.prepare());
    assertThat(launcher.next().submission().options().getCheckpointDir() == null, is(true));
  }

  @Test
  void noMoreJobsRunThanAllowed() throws Exception {
    try (TestServer small =
        TestServer.start(
            directory.resolve("small"), launcher, new JobLimits(1, 10, Duration.ofDays(1)))) {
      String first = small.run(small.prepare());
      String second = small.prepare();

      StatusRuntimeException refusal =
          assertThrows(StatusRuntimeException.class, () -> small.run(second));
      assertThat(refusal.getStatus().getCode(), is(Status.Code.RESOURCE_EXHAUSTED));
      assertThat(small.run(first), is(first));

      launcher.next().job().end(State.DONE);
      small.awaitEnd(first);
      assertThat(small.run(second), is(second));
    }
  }

  @Test
  void jobsThatHaveEndedAreForgottenBeyondTheLimit() throws Exception {
    try (TestServer small =
        TestServer.start(
            directory.resolve("small"), launcher, new JobLimits(10, 2, Duration.ofDays(1)))) {
      String running = small.run(small.prepare());
      small.awaitRunning(running);
      String oldest = small.prepare();
      small.prepare();
      small.prepare();

      StatusRuntimeException refusal =
          assertThrows(StatusRuntimeException.class, () -> small.state(oldest));
      assertThat(refusal.getStatus().getCode(), is(Status.Code.NOT_FOUND));
      assertThat(small.state(running), is(JobState.Enum.RUNNING));
    }
  }
}
