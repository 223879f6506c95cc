package dev.trestle.runner.engine;

import dev.trestle.runner.assembly.Factories;
import dev.trestle.runner.checkpoint.OperatorNumbers;
import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.translation.graph.OperatorGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a job under a seeded scheduler, from a checkpoint to its end or its failure. */
final class SimulatedAttempt {

  private final SimulatedScheduler scheduler;
  private final JobResources resources;
  private final CheckpointCoordinator coordinator;
  private final OperatorNumbers numbers;
  private final List<Task> tasks;
  private int finished;
  private @Nullable Throwable failure;

  private final class Ends implements TaskListener {

    @Override
    public void finished(Task task) {
      finished++;
    }

    @Override
    public void barrierPassed(Task task, long barrier) {
      throw new AssertionError("The coordinator keeps it to itself");
    }

    @Override
    public void failed(Task task, Throwable cause) {
      failure = cause;
    }
  }

  /**
   * Starts the job.
   *
   * @param resources closed with the attempt
   * @param newFile gives paths for what tasks write of themselves
   */
  SimulatedAttempt(
      OperatorGraph graph,
      EngineSettings settings,
      JobResources resources,
      SimulatedScheduler scheduler,
      RestoredJob restored,
      Supplier<Path> newFile) {
    this.scheduler = scheduler;
    this.resources = resources;
    coordinator = new CheckpointCoordinator(new Ends(), newFile);
    JobBuilder builder = new JobBuilder(graph, settings, resources, scheduler, restored);
    numbers = builder.numbers();
    tasks =
        builder.wiredTasks(
            coordinator, Factories.of(graph, settings, scheduler, resources.workers()));
    scheduler.start(tasks);
  }

  List<Task> tasks() {
    return tasks;
  }

  CheckpointCoordinator coordinator() {
    return coordinator;
  }

  OperatorNumbers numbers() {
    return numbers;
  }

  /** Processing time, in milliseconds since the epoch. */
  long now() {
    return scheduler.millis();
  }

  /** Gives a task its turn. Returns false if none has anything to do. */
  boolean step() {
    return scheduler.step();
  }

  boolean isDone() {
    return failure == null && finished == tasks.size();
  }

  boolean isRunning() {
    return failure == null && finished < tasks.size();
  }

  @Nullable Throwable failure() {
    return failure;
  }

  /** Ends it. No task has a turn. */
  void close() throws Exception {
    try {
      for (Task task : tasks) {
        task.close();
      }
    } finally {
      resources.close();
      resources.workers().close();
    }
  }
}
