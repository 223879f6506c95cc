package dev.trestle.runner.assembly;

import dev.trestle.runner.engine.EngineSettings;
import dev.trestle.runner.engine.StageFactory;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import java.time.InstantSource;
import java.util.function.Function;

/** The operators of a streaming job that takes checkpoints, for tests that drive its tasks. */
public final class Factories {

  private Factories() {}

  public static Function<Stage, StageFactory> of(
      OperatorGraph graph, EngineSettings settings, InstantSource clock) {
    return stage -> new StageAssembly(graph, stage, settings, true, 0, clock, true);
  }
}
