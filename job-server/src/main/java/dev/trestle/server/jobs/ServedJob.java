package dev.trestle.server.jobs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.engine.RunningJob.AfterSavepoint;
import dev.trestle.runner.metrics.MonitoringInfos;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.model.jobmanagement.v1.JobApi.MetricResults;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job of the server, from its preparation on. Every change of its state is in the table before
 * anybody is told.
 *
 * <p>Any thread may call. The state changes under the job's lock, which is not held while the
 * engine is asked for something.
 */
public final class ServedJob {

  private static final Logger LOG = LoggerFactory.getLogger(ServedJob.class);

  private final JobTable table;
  private final InstantSource clock;
  private final MessageLog messages;
  private final StateFeed states;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  @GuardedBy("this")
  private JobRecord record;

  /** As long as the engine has it. */
  @GuardedBy("this")
  private @Nullable RunningJob running;

  /** Has the job as soon as the engine has it, and not after its end. */
  @GuardedBy("this")
  private CompletableFuture<RunningJob> begin = new CompletableFuture<>();

  /** As long as the engine is being asked to start it. */
  @GuardedBy("this")
  private @Nullable Thread launching;

  /** Whether the server is ending, and the job is to go on when it comes back. */
  @GuardedBy("this")
  private boolean suspended;

  ServedJob(JobTable table, InstantSource clock, JobRecord record) {
    this.table = table;
    this.clock = clock;
    this.record = record;
    boolean ended = JobStates.isFinal(record.state());
    messages = new MessageLog(table, record.id(), clock, ended);
    states =
        new StateFeed(JobStates.event(record.state(), Instant.ofEpochMilli(record.stateMillis())));
    if (ended) {
      end.complete(null);
    }
  }

  /** What is known of it now. */
  public synchronized JobRecord record() {
    return record;
  }

  public String id() {
    return record().id();
  }

  /** The state, and since when. */
  public JobStateEvent state() {
    JobRecord now = record();
    return JobStates.event(now.state(), Instant.ofEpochMilli(now.stateMillis()));
  }

  /**
   * The states that the job has been in, and is in.
   *
   * @throws JobRefusal if it has not been run. Beam's client for Python asks before it runs a job;
   *     of an answer it thinks that it has to end within the time limit of a request, 300 seconds.
   *     If there is none it asks again, without a limit, when the job runs
   */
  public Feed<JobStateEvent> states() {
    if (record().state() == JobState.Enum.STOPPED) {
      throw new JobRefusal("Job " + id() + " has not been run");
    }
    return states;
  }

  public Feed<JobMessagesResponse> messages() {
    return messages;
  }

  /** Is done when the job has ended. */
  public CompletableFuture<Void> end() {
    return end.copy();
  }

  /** What was submitted. */
  public PrepareJobRequest submission() {
    return table.submission(id());
  }

  /** The options with which it was submitted. */
  public Struct options() {
    return table.options(id());
  }

  /**
   * What has been counted so far, or when the job ended. A job that the server is starting again
   * has it as soon as it has found its checkpoint.
   */
  public CompletableFuture<MetricResults> metrics() {
    CompletableFuture<RunningJob> job;
    synchronized (this) {
      boolean runs = JobStates.isLive(record.state()) && record.state() != JobState.Enum.STARTING;
      job = runs ? begin : CompletableFuture.failedFuture(new JobRefusal(notRunning()));
    }
    return job.handle((begun, ended) -> begun == null ? atEnd() : told(begun.metrics()));
  }

  private MetricResults atEnd() {
    return table.metrics(id());
  }

  /**
   * Replaces what was submitted by the same with staged artifacts.
   *
   * @throws JobRefusal if it has been run meanwhile
   */
  synchronized JobRecord stage(PrepareJobRequest submission, UnaryOperator<JobRecord> files) {
    if (record.state() != JobState.Enum.STOPPED) {
      throw new JobRefusal("Job " + record.id() + " has been run: nothing can be staged for it");
    }
    JobRecord before = record;
    JobRecord after = files.apply(record);
    try (JobTable.Change change = table.change()) {
      change.submission(record.id(), submission).record(after).write(true);
    }
    record = after;
    return before;
  }

  /** Takes the job from prepared to starting. Whoever is answered true has to have it run. */
  synchronized boolean start() {
    if (record.state() != JobState.Enum.STOPPED) {
      return false;
    }
    enter(JobState.Enum.STARTING, null);
    return true;
  }

  /** Runs the job to its end, with the thread that calls. */
  void live(JobLauncher launcher, Submission submission) {
    RunningJob job = null;
    try {
      synchronized (this) {
        launching = Thread.currentThread();
      }
      job = launcher.launch(submission, messages::add);
      if (launched(job)) {
        job.cancel();
      }
      job.await(Long.MAX_VALUE);
      ended(job);
    } catch (Throwable e) { // also an OutOfMemoryError: the job's, not the server's
      LOG.info("Job {} has failed", submission.job(), e);
      if (record().state() == JobState.Enum.CANCELLING) {
        giveUp();
      } else {
        fail(FailureText.of(e), job);
      }
    } finally {
      synchronized (this) {
        launching = null;
      }
    }
  }

  /** Takes note of it. Answers whether it has to be cancelled at once. */
  private synchronized boolean launched(RunningJob job) {
    running = job;
    launching = null;
    boolean interrupted = Thread.interrupted(); // too late, but the state says what is wanted
    CompletableFuture<RunningJob> waiting = begin;
    begin = CompletableFuture.completedFuture(job);
    waiting.completeAsync(() -> job);
    switch (record.state()) {
      case STARTING -> enter(JobState.Enum.RUNNING, null);
      case DRAINING -> job.drain();
      default -> LOG.debug("{} is {}; interrupted: {}", record.id(), record.state(), interrupted);
    }
    return suspended || record.state() == JobState.Enum.CANCELLING;
  }

  private void ended(RunningJob job) {
    Throwable failure = job.failure();
    String text = failure == null ? null : FailureText.of(failure);
    switch (job.state()) {
      case DONE -> finish(JobState.Enum.DONE, null, job);
      case FAILED -> finish(JobState.Enum.FAILED, text, job);
      case CANCELLED -> finish(JobState.Enum.CANCELLED, null, job);
      case RUNNING -> fail("The job has been given up", job);
    }
  }

  /** Ends a job that does not run any more, or never has. */
  void fail(String why, @Nullable RunningJob job) {
    finish(JobState.Enum.FAILED, why, job);
  }

  /** Ends a job that was being cancelled when the server died. */
  void giveUp() {
    finish(JobState.Enum.CANCELLED, null, null);
  }

  private void finish(JobState.Enum last, @Nullable String error, @Nullable RunningJob job) {
    try {
      MetricResults metrics = job == null ? null : told(job.metrics());
      synchronized (this) {
        if (!suspended || last == JobState.Enum.DONE) {
          if (error != null) {
            messages.add(MessageImportance.JOB_MESSAGE_ERROR, error);
          }
          enter(last, metrics);
        }
        running = null;
      }
    } catch (JobTableException e) {
      LOG.error("How job {} has ended is not known after the server's end: {}", id(), last, e);
    } finally {
      letGo();
      end.complete(null);
    }
  }

  /** The engine's job may be large. */
  private void letGo() {
    JobRefusal refusal = new JobRefusal("The job has ended meanwhile");
    CompletableFuture<RunningJob> waiting;
    synchronized (this) {
      waiting = begin;
      begin = CompletableFuture.failedFuture(refusal);
    }
    waiting.completeExceptionally(refusal);
  }

  private static MetricResults told(org.apache.beam.sdk.metrics.MetricResults metrics) {
    return MetricResults.newBuilder()
        .addAllAttempted(MonitoringInfos.attempted(metrics))
        .addAllCommitted(MonitoringInfos.committed(metrics))
        .build();
  }

  @GuardedBy("this")
  private void enter(JobState.Enum next, @Nullable MetricResults metrics) {
    Instant now = clock.instant();
    JobRecord after = record.in(next, now);
    JobStateEvent event = JobStates.event(next, now);
    messages.add(
        event,
        JobStates.isFinal(next),
        change -> {
          change.record(after);
          if (metrics != null) {
            change.metrics(after.id(), metrics);
          }
        });
    record = after;
    // First this: Python's client exits when it has heard both, the end of the messages last, and
    // gRPC's for Python may hang if another stream ends while it does.
    states.add(event);
    messages.announce();
  }

  /**
   * Cancels the job, unless it has ended. It is {@code CANCELLING} until it has cleared up; one
   * that was never run is cancelled at once.
   */
  public JobState.Enum cancel() {
    RunningJob job;
    JobState.Enum now;
    synchronized (this) {
      if (record.state() == JobState.Enum.STOPPED) {
        enter(JobState.Enum.CANCELLED, null);
        end.complete(null);
      } else if (JobStates.isLive(record.state()) && record.state() != JobState.Enum.CANCELLING) {
        enter(JobState.Enum.CANCELLING, null);
      }
      now = record.state();
      job = running;
      stopLaunching();
    }
    if (job != null) {
      job.cancel();
    }
    return now;
  }

  @GuardedBy("this")
  private void stopLaunching() {
    if (launching != null) {
      launching.interrupt();
    }
  }

  /**
   * Has the job come to its end in good order.
   *
   * @throws JobRefusal if it does not run
   */
  public void drain() {
    RunningJob job;
    synchronized (this) {
      switch (record.state()) {
        case STARTING, RUNNING -> enter(JobState.Enum.DRAINING, null);
        case DRAINING -> LOG.debug("{} is being drained", record.id());
        default -> throw new JobRefusal(notRunning());
      }
      job = running;
    }
    if (job != null) {
      job.drain();
    }
  }

  /**
   * Asks for a savepoint. One that is starting takes it as soon as it runs.
   *
   * @return its place; fails as {@link RunningJob#savepoint} does
   */
  public CompletableFuture<String> savepoint(AfterSavepoint then) {
    CompletableFuture<RunningJob> job;
    synchronized (this) {
      job =
          JobStates.isLive(record.state())
              ? begin
              : CompletableFuture.failedFuture(new JobRefusal(notRunning()));
    }
    return job.thenCompose(begun -> begun.savepoint(then));
  }

  /**
   * Looks whether it runs.
   *
   * @throws JobRefusal if it does not
   */
  synchronized void checkRuns() {
    if (!JobStates.isLive(record.state())) {
      throw new JobRefusal(notRunning());
    }
  }

  @GuardedBy("this")
  private String notRunning() {
    return "Job " + record.id() + " does not run: it is " + record.state();
  }

  /** Takes note that the job is started anew, by another life of the server. */
  void resumed() {
    messages.add(
        MessageImportance.JOB_MESSAGE_BASIC,
        "The server has been started again; the job goes on from its last checkpoint.");
  }

  /**
   * Stops the job for now, because the server ends. One that has checkpoints goes on when the
   * server comes back; another one has failed.
   */
  void suspend() {
    RunningJob job;
    synchronized (this) {
      if (!JobStates.isLive(record.state())) {
        return;
      }
      suspended = Recovery.of(record) == Recovery.RESUME;
      messages.add(
          MessageImportance.JOB_MESSAGE_WARNING,
          suspended
              ? "The server is ending; the job goes on when it is started again."
              : "The server is ending, and the job with it.");
      job = running;
      stopLaunching();
    }
    if (job != null) {
      job.cancel();
    }
  }
}
