package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.ArtifactSource;
import dev.trestle.runner.worker.Sample;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.runner.worker.WorkerLog;
import dev.trestle.runner.worker.WorkerServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * The workers of a job. Those of an environment are started, side by side, when one of them is
 * first asked for. They serve all stages, and one that is gone is replaced when it is asked for
 * again. The lock guards which there are; it is not held while one is started.
 */
public final class JobWorkers implements SdkWorkers {

  private final WorkerServer server;
  private final JobDescription job;
  private final EnvironmentSettings settings;
  private final WorkerHost host;
  private final int parallelism;
  private final WorkerQuota quota;
  private final Reaper reaper = new Reaper();

  @GuardedBy("this")
  private final Map<Environment, List<WorkerSlot>> slots = new HashMap<>();

  @GuardedBy("this")
  private final List<WorkerLauncher> launchers = new ArrayList<>();

  @GuardedBy("this")
  private boolean closed;

  /**
   * @param server where workers connect
   * @param parallelism how many workers of an environment there are at most, from 1
   * @param quota out of which they are
   */
  public JobWorkers(
      WorkerServer server,
      JobDescription job,
      EnvironmentSettings settings,
      WorkerHost host,
      int parallelism,
      WorkerQuota quota) {
    this.server = server;
    this.job = job;
    this.settings = settings;
    this.host = host;
    this.parallelism = parallelism;
    this.quota = quota;
  }

  /**
   * A job, as its workers see it.
   *
   * @param id of letters, digits, - and _
   * @param pipelineOptions as they were submitted
   * @param log for what its workers log
   */
  public record JobDescription(
      String id, String name, Struct pipelineOptions, ArtifactSource artifacts, WorkerLog log) {}

  @Override
  public SdkWorker worker(Environment environment, int taskIndex)
      throws WorkerException, InterruptedException {
    return slot(environment, taskIndex).worker();
  }

  private synchronized WorkerSlot slot(Environment environment, int taskIndex)
      throws WorkerException {
    if (closed) {
      throw new WorkerException("The job has let go of its SDK workers");
    }
    List<WorkerSlot> ofEnvironment = slots.get(environment);
    if (ofEnvironment == null) {
      Environment chosen = EnvironmentChoice.choose(environment, settings);
      WorkerLauncher launcher = WorkerLaunchers.of(chosen, job, settings, host, reaper);
      quota.take(parallelism);
      launchers.add(launcher);
      ofEnvironment = new ArrayList<>();
      for (int i = 0; i < parallelism; i++) {
        String name = job.id() + "-" + slots.size() + "-" + i;
        ofEnvironment.add(new WorkerSlot(name, server, job, chosen, launcher, settings));
      }
      slots.put(environment, ofEnvironment);
      if (parallelism > 1) {
        ofEnvironment.forEach(WorkerSlot::startAhead);
      }
    }
    return ofEnvironment.get(taskIndex % parallelism);
  }

  /** What all workers have sampled since they were asked last. Does not wait for any to start. */
  public CompletableFuture<List<Sample>> samples() {
    List<WorkerSlot> all = new ArrayList<>();
    synchronized (this) {
      slots.values().forEach(all::addAll);
    }
    CompletableFuture<List<Sample>> samples = CompletableFuture.completedFuture(List.of());
    for (WorkerSlot slot : all) {
      samples = samples.thenCombine(slot.samples(), JobWorkers::both);
    }
    return samples;
  }

  private static List<Sample> both(List<Sample> some, List<Sample> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  @Override
  public void close() {
    List<WorkerSlot> started = new ArrayList<>();
    List<WorkerLauncher> used;
    synchronized (this) {
      closed = true;
      slots.values().forEach(started::addAll);
      used = new ArrayList<>(launchers);
      slots.clear();
      launchers.clear();
    }
    long deadline = System.nanoTime() + settings.stopTimeout().toNanos();
    started.forEach(slot -> slot.awaitFinalized(deadline));
    started.forEach(WorkerSlot::stop);
    started.forEach(WorkerSlot::awaitStopped);
    used.forEach(WorkerLauncher::close);
    reaper.close();
    quota.giveBack(started.size());
  }
}
