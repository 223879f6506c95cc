package dev.trestle.runner.assembly;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.engine.DurableJob;
import dev.trestle.runner.engine.EngineSettings;
import dev.trestle.runner.engine.Job;
import dev.trestle.runner.engine.JobBuilder;
import dev.trestle.runner.engine.JobResources;
import dev.trestle.runner.engine.SharedRocks;
import dev.trestle.runner.engine.StageFactory;
import dev.trestle.runner.engine.ThreadedScheduler;
import dev.trestle.runner.source.ScriptedClock;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.state.checkpoint.FencedException;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Starts a job, once or each time that it goes on from a checkpoint: always with new tasks, new
 * threads and a directory of its own for what it spills.
 */
record Attempts(
    OperatorGraph graph,
    TrestlePipelineOptions options,
    EngineSettings settings,
    boolean scripted,
    String name,
    Supplier<SdkWorkers> workers) {

  /** Share of the heap that buffers may use where the options do not say. */
  private static final double DEFAULT_MEMORY_SHARE = 0.4;

  /** A job without checkpoints. */
  Job startOnly() {
    JobResources resources = resources(false);
    return builder(resources, RestoredJob.NONE).start(name, factories(resources));
  }

  /** One run of a job with checkpoints. */
  DurableJob.Attempt start(StoredCheckpoints storage) throws IOException, FencedException {
    JobResources resources = resources(true);
    boolean started = false;
    try {
      RestoredJob restored = storage.restore(resources.spill());
      DurableJob.Attempt attempt =
          builder(resources, restored)
              .startAttempt(
                  name, factories(resources), () -> resources.spill().newFile("snapshot"));
      started = true;
      return attempt;
    } finally {
      if (!started) {
        resources.close();
      }
    }
  }

  private JobResources resources(boolean takesCheckpoints) {
    InstantSource clock = scripted ? new ScriptedClock() : InstantSource.system();
    return new JobResources(
        options,
        new MemoryBudget(memoryBytes()),
        SpillDirectory.open(Path.of(System.getProperty("java.io.tmpdir"))),
        new SharedRocks(settings.parallelism()),
        clock,
        takesCheckpoints,
        workers.get());
  }

  private JobBuilder builder(JobResources resources, RestoredJob restored) {
    ThreadedScheduler scheduler =
        new ThreadedScheduler(settings.parallelism(), resources.clock(), name);
    return new JobBuilder(graph, settings, resources, scheduler, restored);
  }

  private Function<Stage, StageFactory> factories(JobResources resources) {
    return stage ->
        new StageAssembly(
            graph,
            stage,
            settings,
            options.isStreaming(),
            options.getSourceIdleMillis(),
            resources.clock(),
            resources.takesCheckpoints(),
            resources.workers());
  }

  private long memoryBytes() {
    return options.getMemoryBudgetMb() > 0
        ? options.getMemoryBudgetMb() << 20
        : (long) (Runtime.getRuntime().maxMemory() * DEFAULT_MEMORY_SHARE);
  }
}
