package dev.trestle.translation.fusion;

import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.steps.StepGraph;

/** Makes stages of steps. */
public final class Fusion {
  /** Not for instances. */
  private Fusion() {}

  public static OperatorGraph fuse(StepGraph steps) {
    return StageAssembly.assemble(StageCuts.apply(steps));
  }
}
