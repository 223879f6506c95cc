package dev.trestle.runner.assembly;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.compatibility.PipelineDescriber;
import dev.trestle.runner.engine.DurableJob;
import dev.trestle.runner.engine.EngineSettings;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.FencedException;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Step;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;

/** Starts the job for an operator graph. */
public final class Assembly {

  /** Nobody waits for the results of a bounded job's bundle: large ones cost less. */
  private static final long BOUNDED_BUNDLE_MILLIS = 1000;

  private static final long STREAMING_BUNDLE_MILLIS = 50;

  /** How long partial aggregates are kept back where results may be wanted early. */
  private static final long FLUSH_MILLIS = 100;

  /** The newest, and two to fall back to. */
  private static final int RETAINED_CHECKPOINTS = 3;

  private static final AtomicInteger JOBS = new AtomicInteger();

  private Assembly() {}

  /**
   * Makes and starts a job all of whose transforms run in this process.
   *
   * @throws IllegalArgumentException if it is to take checkpoints and cannot
   */
  public static RunningJob start(OperatorGraph graph, TrestlePipelineOptions options) {
    return start(graph, options, SdkWorkers::none);
  }

  /**
   * Makes and starts a job.
   *
   * @param workers gives the workers for the job, and for each start of it anew
   * @throws IllegalArgumentException if it is to take checkpoints and cannot
   */
  public static RunningJob start(
      OperatorGraph graph, TrestlePipelineOptions options, Supplier<SdkWorkers> workers) {
    boolean scripted =
        graph.stages().stream()
            .anyMatch(stage -> stage.root().step() instanceof Step.ScriptedSource);
    EngineSettings settings = settings(graph, options, scripted);
    String name = "trestle-" + JOBS.incrementAndGet();
    Attempts attempts = new Attempts(graph, options, settings, scripted, name, workers);
    return options.getCheckpointDir() == null
        ? attempts.startOnly()
        : startDurable(graph, options, settings, attempts);
  }

  private static RunningJob startDurable(
      OperatorGraph graph,
      TrestlePipelineOptions options,
      EngineSettings settings,
      Attempts attempts) {
    CheckpointSupport.check(graph);
    try {
      StoredCheckpoints storage =
          new StoredCheckpoints(
              JobCheckpoints.open(
                  CheckpointPlaces.open(options), options.getJobName(), RETAINED_CHECKPOINTS),
              CheckpointPlaces.absolute(String.valueOf(options.getCheckpointDir())),
              new CheckpointContents(
                  PipelineDescriber.describe(graph),
                  settings.keyGroups(),
                  options.getAllowStateLoss()),
              resumption(options));
      return DurableJob.start(
          attempts.name(),
          () -> attempts.start(storage),
          storage,
          options.getCheckpointInterval(),
          options.getMaxRestarts());
    } catch (IOException | FencedException e) {
      throw new IllegalStateException(
          "--checkpointDir=" + options.getCheckpointDir() + ": " + e.getMessage(), e);
    }
  }

  private static Resumption resumption(TrestlePipelineOptions options) {
    String savepoint = options.getResumeFrom();
    return new Resumption(
        options.getResume(), savepoint == null ? null : CheckpointPlaces.absolute(savepoint));
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
        options.getEnforceImmutability(),
        options.getDrain());
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
}
