package dev.trestle.runner.dofn;

import java.util.Arrays;

/**
 * Says in which transform the user's exception was thrown. It travels as a suppressed exception of
 * the user's own, so that neither its type nor its stack trace changes.
 */
public final class InTransform extends RuntimeException {

  private static final long serialVersionUID = 1;

  private InTransform(String transform) {
    super("in transform " + transform, null, false, false);
  }

  /** Notes the transform, unless one further down the pipeline has been noted. */
  static void note(Throwable failure, String transform) {
    if (Arrays.stream(failure.getSuppressed()).noneMatch(InTransform.class::isInstance)) {
      failure.addSuppressed(new InTransform(transform));
    }
  }
}
