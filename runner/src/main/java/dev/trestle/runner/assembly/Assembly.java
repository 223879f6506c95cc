package dev.trestle.runner.assembly;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.engine.EngineSettings;
import dev.trestle.runner.engine.Job;
import dev.trestle.runner.engine.JobBuilder;
import dev.trestle.runner.engine.JobResources;
import dev.trestle.runner.engine.ThreadedScheduler;
import dev.trestle.runner.source.ScriptedClock;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Step;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;

/** Starts the job for an operator graph. */
public final class Assembly {

  /** Share of the heap that buffers may use where the options do not say. */
  private static final double DEFAULT_MEMORY_SHARE = 0.4;

  /** Nobody waits for the results of a bounded job's bundle: large ones cost less. */
  private static final long BOUNDED_BUNDLE_MILLIS = 1000;

  private static final long STREAMING_BUNDLE_MILLIS = 50;

  /** How long partial aggregates are kept back where results may be wanted early. */
  private static final long FLUSH_MILLIS = 100;

  private static final AtomicInteger JOBS = new AtomicInteger();

  private Assembly() {}

  /** Makes and starts a job. */
  public static Job start(OperatorGraph graph, TrestlePipelineOptions options) {
    boolean scripted =
        graph.stages().stream()
            .anyMatch(stage -> stage.root().step() instanceof Step.ScriptedSource);
    InstantSource clock = scripted ? new ScriptedClock() : InstantSource.system();
    JobResources resources =
        new JobResources(
            options,
            new MemoryBudget(memoryBytes(options)),
            SpillDirectory.open(Path.of(System.getProperty("java.io.tmpdir"))),
            clock,
            false);
    String name = "trestle-" + JOBS.incrementAndGet();
    EngineSettings settings = settings(graph, options, scripted);
    ThreadedScheduler scheduler = new ThreadedScheduler(settings.parallelism(), clock, name);
    return new JobBuilder(graph, settings, resources, scheduler, RestoredJob.NONE)
        .start(
            name,
            stage ->
                new StageAssembly(
                    graph,
                    stage,
                    settings,
                    options.isStreaming(),
                    options.getSourceIdleMillis(),
                    clock,
                    false));
  }

  private static EngineSettings settings(
      OperatorGraph graph, TrestlePipelineOptions options, boolean scripted) {
    int parallelism =
        options.getParallelism() > 0
            ? options.getParallelism()
            : Math.min(KeyGroupRange.DEFAULT_TOTAL, Runtime.getRuntime().availableProcessors());
    boolean bounded = graph.bounded() && !options.isStreaming();
    return new EngineSettings(
        parallelism,
        KeyGroupRange.DEFAULT_TOTAL,
        options.getMaxBundleSize(),
        TimeUnit.MILLISECONDS.toNanos(bundleMillis(options, bounded)),
        flushNanos(graph, bounded, scripted),
        options.getEnforceImmutability());
  }

  private static long flushNanos(OperatorGraph graph, boolean bounded, boolean scripted) {
    if (scripted) {
      return 0;
    }
    return bounded && !hasTriggers(graph)
        ? Long.MAX_VALUE
        : TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS);
  }

  /** Whether anything may be wanted before a window has ended. */
  private static boolean hasTriggers(OperatorGraph graph) {
    return graph.edges().stream()
        .anyMatch(edge -> !(edge.collection().windowing().getTrigger() instanceof DefaultTrigger));
  }

  private static long bundleMillis(TrestlePipelineOptions options, boolean bounded) {
    if (options.getMaxBundleMillis() > 0) {
      return options.getMaxBundleMillis();
    }
    return bounded ? BOUNDED_BUNDLE_MILLIS : STREAMING_BUNDLE_MILLIS;
  }

  private static long memoryBytes(TrestlePipelineOptions options) {
    return options.getMemoryBudgetMb() > 0
        ? options.getMemoryBudgetMb() << 20
        : (long) (Runtime.getRuntime().maxMemory() * DEFAULT_MEMORY_SHARE);
  }
}
