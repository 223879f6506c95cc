package dev.trestle.runner.engine;

import dev.trestle.runner.assembly.Factories;
import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.harness.FakeWorkers;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.FaultyStore.ProcessLost;
import dev.trestle.state.checkpoint.FencedException;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.checkpoint.TaskSnapshot;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.translation.graph.OperatorGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * One process that runs a job, a turn at a time: a turn of a task, or some of what the thread does
 * that takes checkpoints. That thread does here what it does in {@link DurableJob}, with pauses at
 * each call to the store, and before each task hears of a commit.
 */
final class SimulatedProcess {

  private static final String JOB = "job";
  private static final int KEY_GROUPS = 16;
  private static final int RETAINED = 3;
  private static final int MOST_TRIES = 5;

  /** So long may all tasks wait for the thread that takes checkpoints, in turns. */
  private static final int PATIENCE = 100_000;

  /** What has become of the process. */
  enum Outcome {
    RUNNING,
    /** The job is done, and a checkpoint says so. */
    DONE,
    /** Another process has the job. */
    FENCED,
    /** The process is gone. */
    LOST
  }

  private final OperatorGraph graph;
  private final Random random;
  private final Conditions conditions;
  private final Path directory;
  private final CheckpointStore store;
  private final Coroutine supervisor = new Coroutine(this::supervise);
  private final Tally tally;
  private long now;
  private long epoch;
  private Outcome outcome = Outcome.RUNNING;
  private @Nullable CheckpointStorage storage;
  private @Nullable SimulatedAttempt attempt;
  private int idleTurns;

  /**
   * A process that starts.
   *
   * @param directory for its files
   * @param now processing time, in milliseconds since the epoch
   * @param storeOf makes the store as the process sees it, given what to do between two calls
   */
  SimulatedProcess(
      OperatorGraph graph,
      Random random,
      Conditions conditions,
      Path directory,
      long now,
      Tally tally,
      Function<Runnable, CheckpointStore> storeOf) {
    this.graph = graph;
    this.random = random;
    this.conditions = conditions;
    this.directory = directory;
    this.now = now;
    this.tally = tally;
    store = storeOf.apply(this::delay);
  }

  Outcome outcome() {
    return outcome;
  }

  /** By which the store knows the process; 0 before it has the job. */
  long epoch() {
    return epoch;
  }

  /** Processing time as the process sees it, in milliseconds since the epoch. */
  long now() {
    SimulatedAttempt running = attempt;
    return running == null ? now : running.now();
  }

  /** Whether all tasks have come to their end. */
  boolean isSealing() {
    SimulatedAttempt running = attempt;
    return running != null && running.isDone();
  }

  /** One turn. */
  void step() throws Exception {
    SimulatedAttempt running = attempt;
    if (running == null || !running.isRunning() || random.nextInt(conditions.turnsOfTasks()) == 0) {
      superviseOn();
    } else if (running.step()) {
      idleTurns = 0;
      onFailure(running);
    } else if (idleTurns++ > PATIENCE) {
      throw new AssertionError("The job does not come to its end: " + running.tasks());
    } else {
      superviseOn();
    }
  }

  /** A task that was meant to fail takes the process with it, or not. */
  private void onFailure(SimulatedAttempt running) throws Exception {
    Throwable failure = running.failure();
    if (failure != null) {
      if (!InjectedFailure.isCauseOf(failure)) {
        throw new AssertionError("A task has failed", failure);
      }
      if (random.nextBoolean()) {
        end(Outcome.LOST);
      }
    }
  }

  private void superviseOn() throws Exception {
    try {
      if (supervisor.resume()) {
        end(Outcome.DONE);
      }
    } catch (FencedException e) {
      tally.fenced++;
      end(Outcome.FENCED);
    } catch (IOException | ProcessLost e) {
      tally.crashes++;
      end(Outcome.LOST);
    }
  }

  /** Ends the process, wherever it is. */
  void kill() throws Exception {
    if (outcome == Outcome.RUNNING) {
      end(Outcome.LOST);
    }
  }

  private void end(Outcome as) throws Exception {
    outcome = as;
    now = now();
    supervisor.abandon();
    closeAttempt();
  }

  private void closeAttempt() throws Exception {
    SimulatedAttempt ended = attempt;
    attempt = null;
    if (ended != null) {
      now = ended.now();
      ended.close();
    }
  }

  /** Pauses, for a time that depends on how slow things are. */
  private void delay() {
    while (random.nextInt(100) < conditions.slowness()) {
      supervisor.pause();
    }
  }

  private void supervise() throws Exception {
    JobCheckpoints checkpoints = JobCheckpoints.open(store, JOB, RETAINED);
    epoch = checkpoints.epoch();
    storage = Factories.storage(checkpoints, graph, KEY_GROUPS);
    while (true) {
      SimulatedAttempt current = start(storage);
      attempt = current;
      takeCheckpoints(current);
      if (current.isDone()) {
        seal(current);
        return;
      }
      closeAttempt();
    }
  }

  private SimulatedAttempt start(CheckpointStorage from) throws IOException, FencedException {
    SimulatedScheduler scheduler =
        new SimulatedScheduler(random.nextLong(), now + random.nextInt(20));
    JobResources resources =
        new JobResources(
            PipelineOptionsFactory.create(),
            new MemoryBudget(conditions.memoryBytes()),
            SpillDirectory.open(directory),
            SharedRocks.repeatable(),
            scheduler,
            true,
            FakeWorkers.simulated(scheduler, random));
    boolean started = false;
    try {
      RestoredJob restored = from.restore(resources.spill());
      SimulatedAttempt begun =
          new SimulatedAttempt(
              graph, settings(), resources, scheduler, restored, () -> newFile(resources.spill()));
      started = true;
      return begun;
    } finally {
      if (!started) {
        resources.close();
      }
    }
  }

  private EngineSettings settings() {
    return new EngineSettings(
        1 + random.nextInt(3),
        KEY_GROUPS,
        1 + random.nextInt(20),
        TimeUnit.HOURS.toNanos(1),
        random.nextBoolean() ? 0 : TimeUnit.HOURS.toNanos(1),
        false,
        false);
  }

  /** A path for a snapshot, at which a file can be made, most of the time. */
  private Path newFile(SpillDirectory in) {
    Path file = in.newFile("snapshot");
    return conditions.badDisk() && random.nextInt(300) == 0 ? file.resolve("in nowhere") : file;
  }

  private void takeCheckpoints(SimulatedAttempt current) throws FencedException {
    while (true) {
      for (int i = random.nextInt(conditions.mostPauses()); i >= 0; i--) {
        supervisor.pause();
      }
      if (!current.isRunning()) {
        return;
      }
      long id = storage.nextId();
      current.coordinator().begin(id, current.tasks());
      while (!current.coordinator().isComplete()) {
        supervisor.pause();
        if (!current.isRunning()) {
          return;
        }
      }
      commit(id, current);
    }
  }

  private void commit(long id, SimulatedAttempt current) throws FencedException {
    List<TaskSnapshot> files = List.of();
    try {
      CheckpointCoordinator.Snapshots snapshots = current.coordinator().take();
      files = snapshots.tasks();
      store(id, current, snapshots);
    } catch (IOException e) {
      tally.failedCheckpoints++;
      return;
    } finally {
      delete(files);
    }
    tally.checkpoints++;
    List<Task> inAnyOrder = new ArrayList<>(current.tasks());
    Collections.shuffle(inAnyOrder, random);
    for (Task task : inAnyOrder) {
      delay();
      task.checkpointCommitted(id);
    }
  }

  private void store(long id, SimulatedAttempt of, CheckpointCoordinator.Snapshots snapshots)
      throws IOException, FencedException {
    storage.commit(
        id, RestoredJob.properties(of.numbers(), snapshots.metrics()), snapshots.tasks());
  }

  private static void delete(List<TaskSnapshot> snapshots) {
    for (TaskSnapshot snapshot : snapshots) {
      for (SnapshotFile file : snapshot.files()) {
        try {
          Files.delete(file.path());
        } catch (IOException e) {
          throw new AssertionError("It was there to be committed", e);
        }
      }
    }
  }

  private void seal(SimulatedAttempt done) throws IOException, FencedException {
    done.coordinator().abandon();
    for (int tries = 0; ; tries++) {
      long id = storage.nextId();
      done.coordinator().begin(id, done.tasks());
      try {
        store(id, done, done.coordinator().take());
        break;
      } catch (IOException e) {
        tally.failedCheckpoints++;
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
    tally.checkpoints++;
    delay();
    done.tasks().forEach(Task::jobDone);
  }
}
