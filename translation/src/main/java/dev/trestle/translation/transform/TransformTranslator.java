package dev.trestle.translation.transform;

import dev.trestle.translation.steps.StepGraphBuilder;
import java.io.IOException;

/** Makes steps of the transforms of one URN. */
@FunctionalInterface
interface TransformTranslator {

  /**
   * Adds the transform's steps, or refuses it.
   *
   * @throws IOException if a payload cannot be read
   */
  void translate(AppliedTransform transform, StepGraphBuilder steps) throws IOException;
}
