package dev.trestle.server.jobs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.worker.Sample;
import dev.trestle.server.artifacts.ArtifactStore;
import dev.trestle.server.artifacts.JobArtifacts;
import dev.trestle.server.artifacts.Sha256;
import dev.trestle.server.artifacts.StagedArtifacts;
import dev.trestle.server.artifacts.Staging;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All jobs of the server. Any thread may call; a job that runs has a thread of its own.
 *
 * <p>What may run, and what is forgotten, is decided under the lock of this object.
 */
public final class Jobs implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

  /** How long jobs may take to clear up when the server ends. */
  private static final long CLEAR_UP_SECONDS = 30;

  private final JobTable table;
  private final ArtifactStore artifacts;
  private final JobLauncher launcher;
  private final JobLimits limits;
  private final JobIds ids = new JobIds();
  private final CheckpointRooms rooms;
  private final InstantSource clock;
  private final ConcurrentMap<String, ServedJob> jobs = new ConcurrentHashMap<>();

  @GuardedBy("this")
  private boolean closing;

  private Jobs(
      JobTable table,
      ArtifactStore artifacts,
      JobLauncher launcher,
      JobLimits limits,
      CheckpointRooms rooms,
      InstantSource clock) {
    this.table = table;
    this.artifacts = artifacts;
    this.launcher = launcher;
    this.limits = limits;
    this.rooms = rooms;
    this.clock = clock;
  }

  /**
   * Takes over the jobs of a table: those that ran and can go on are started again.
   *
   * @param table closed together with this
   * @param checkpoints where streaming jobs have their checkpoints unless their options say so
   * @throws IOException if the artifacts cannot be read
   */
  public static Jobs open(
      JobTable table,
      ArtifactStore artifacts,
      JobLauncher launcher,
      JobLimits limits,
      Path checkpoints,
      InstantSource clock)
      throws IOException {
    Jobs all =
        new Jobs(table, artifacts, launcher, limits, new CheckpointRooms(checkpoints), clock);
    all.takeOver();
    return all;
  }

  private void takeOver() throws IOException {
    for (JobRecord record : table.records()) {
      jobs.put(record.id(), new ServedJob(table, clock, record));
      for (Sha256 file : files(record)) {
        if (!artifacts.hold(file)) {
          LOG.warn("Job {} has lost its artifact {}", record.id(), file);
        }
      }
    }
    artifacts.deleteUnheld();
    for (ServedJob job : jobs.values()) {
      Recovery recovery = Recovery.of(job.record());
      switch (recovery) {
        case LEAVE -> LOG.debug("{} is {}", job.id(), job.record().state());
        case CANCEL -> job.giveUp();
        case RESUME -> {
          job.resumed();
          run(job);
        }
        case NO_CHECKPOINTS, NO_WORKERS -> job.fail(recovery.reason(), null);
      }
    }
  }

  /**
   * Takes in a pipeline, which can be run from then on.
   *
   * @throws IllegalArgumentException if there is something wrong with it or its options
   * @throws dev.trestle.translation.validate.UnsupportedPipelineException naming everything in it
   *     that Trestle does not do
   */
  public ServedJob prepare(PrepareJobRequest request) {
    TrestlePipelineOptions options = SubmittedOptions.read(request.getPipelineOptions());
    OptionNames.check(request.getPipelineOptions());
    String name = JobIds.name(request, options);
    String id = ids.next(name);
    boolean own = rooms.choose(id, request.getPipeline(), options);
    check(request, options);
    long now = clock.millis();
    JobRecord record =
        new JobRecord(
            id,
            name,
            JobState.Enum.STOPPED,
            now,
            now,
            0,
            options.getCheckpointDir(),
            own,
            SubmittedOptions.isLoopback(request.getPipelineOptions()),
            List.of());
    try (JobTable.Change change = table.change()) {
      change.submission(id, request).record(record).write(true);
    }
    ServedJob job = new ServedJob(table, clock, record);
    jobs.put(id, job);
    forgetExpired();
    return job;
  }

  /** Whatever goes wrong here, the pipeline is to blame for it. */
  private void check(PrepareJobRequest request, TrestlePipelineOptions options) {
    try {
      launcher.check(request.getPipeline(), options, request.getPipelineOptions());
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      LOG.warn("A pipeline that cannot be read", e);
      throw new IllegalArgumentException("The pipeline cannot be read: " + e, e);
    }
  }

  /**
   * Has a job run that was prepared. To do so again changes nothing.
   *
   * @throws JobRefusal if too many are running
   */
  public void run(String id) {
    ServedJob job = job(id);
    synchronized (this) {
      long live =
          jobs.values().stream().filter(each -> JobStates.isLive(each.record().state())).count();
      if (closing) {
        throw new JobRefusal("The server is ending");
      }
      if (live >= limits.running() && job.record().state() == JobState.Enum.STOPPED) {
        throw new TooManyJobsException(limits.running());
      }
      if (!job.start()) {
        return;
      }
    }
    run(job);
  }

  /**
   * The elements that the workers of a job have sampled since they were asked last.
   *
   * @throws JobRefusal if the job does not run, or does not want anything to be sampled
   */
  public CompletableFuture<List<Sample>> samples(String id) {
    ServedJob job = job(id);
    if (!SubmittedOptions.isSampled(job.options())) {
      throw new JobRefusal(
          "Job "
              + id
              + " has not been submitted with --experiments="
              + SubmittedOptions.DATA_SAMPLING);
    }
    job.checkRuns();
    return launcher.samples(id);
  }

  private void run(ServedJob job) {
    Thread thread = new Thread(() -> live(job), "job-" + job.id());
    thread.setDaemon(true); // code of users that is stuck must not keep the process
    thread.start();
  }

  private void live(ServedJob job) {
    try {
      job.live(launcher, submission(job));
    } catch (RuntimeException e) {
      LOG.error("Job {} cannot be read from the table", job.id(), e);
      job.fail(FailureText.of(e), null);
    }
    forgetExpired();
  }

  private Submission submission(ServedJob job) {
    JobRecord record = job.record();
    PrepareJobRequest request = job.submission();
    TrestlePipelineOptions options = SubmittedOptions.read(request.getPipelineOptions());
    options.setJobName(record.name());
    options.setCheckpointDir(record.checkpointDir());
    return new Submission(
        record.id(),
        request.getPipeline(),
        options,
        request.getPipelineOptions(),
        new JobArtifacts(artifacts, files(record)));
  }

  /**
   * Begins to take in the artifacts of a job that is prepared.
   *
   * @throws NoSuchJobException if there is none
   */
  public Staging stage(String id) {
    return new Staging(artifacts, job(id).submission().getPipeline());
  }

  /**
   * Has a job use what has been staged.
   *
   * @throws JobRefusal if it has been run meanwhile
   */
  public void staged(String id, Staging staging) {
    ServedJob job = job(id);
    PrepareJobRequest request = job.submission();
    Pipeline pipeline = StagedArtifacts.replace(request.getPipeline(), staging.staged());
    Set<Sha256> files = staging.files();
    files.forEach(artifacts::hold);
    try {
      JobRecord before =
          job.stage(
              request.toBuilder().setPipeline(pipeline).build(),
              record -> record.with(files.stream().map(Sha256::hex).toList()));
      artifacts.release(files(before));
    } catch (RuntimeException e) {
      artifacts.release(files);
      throw e;
    }
  }

  private static Set<Sha256> files(JobRecord record) {
    return record.artifacts().stream().map(Sha256::new).collect(Collectors.toSet());
  }

  /**
   * A job by its id.
   *
   * @throws NoSuchJobException if there is none
   */
  public ServedJob job(String id) {
    ServedJob job = jobs.get(id);
    if (job == null) {
      throw new NoSuchJobException(id);
    }
    return job;
  }

  /** All jobs, in the order of their submission. */
  public List<ServedJob> all() {
    List<ServedJob> all = new ArrayList<>(jobs.values());
    all.sort(Comparator.comparingLong(job -> job.record().preparedMillis()));
    return all;
  }

  private synchronized void forgetExpired() {
    if (closing) {
      return;
    }
    Collection<JobRecord> records = jobs.values().stream().map(ServedJob::record).toList();
    for (JobRecord record : Retention.expired(records, limits, clock.instant())) {
      jobs.remove(record.id());
      table.remove(record.id());
      artifacts.release(files(record));
      rooms.leave(record);
    }
  }

  /** Stops all jobs, waits until they have cleared up, and closes the table. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
    }
    jobs.values().forEach(ServedJob::suspend);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLEAR_UP_SECONDS);
    for (ServedJob job : jobs.values()) {
      awaitEnd(job, deadline);
    }
    table.close();
  }

  private static void awaitEnd(ServedJob job, long deadline) {
    if (!JobStates.isLive(job.record().state())) {
      return;
    }
    try {
      job.end().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Job {} does not end; it is left as it is", job.id());
    }
  }
}
