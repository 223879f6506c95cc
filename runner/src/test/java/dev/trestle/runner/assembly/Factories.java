package dev.trestle.runner.assembly;

import dev.trestle.runner.compatibility.PipelineDescriber;
import dev.trestle.runner.engine.CheckpointStorage;
import dev.trestle.runner.engine.EngineSettings;
import dev.trestle.runner.engine.StageFactory;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import java.time.InstantSource;
import java.util.function.Function;

/** What a streaming job that takes checkpoints is made of, for tests that drive its tasks. */
public final class Factories {

  private Factories() {}

  /** The operators of its stages. */
  public static Function<Stage, StageFactory> of(
      OperatorGraph graph, EngineSettings settings, InstantSource clock, SdkWorkers workers) {
    return stage -> new StageAssembly(graph, stage, settings, true, 0, clock, true, workers);
  }

  /** Its checkpoints; it may begin without any. */
  public static CheckpointStorage storage(
      JobCheckpoints checkpoints, OperatorGraph graph, int keyGroups) {
    return new StoredCheckpoints(
        checkpoints,
        "memory",
        new CheckpointContents(PipelineDescriber.describe(graph), keyGroups, false),
        Resumption.BY_ITSELF);
  }
}
