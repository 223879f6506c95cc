package dev.trestle.runner.checkpoint;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Node;

/** By what names the things of a graph are found again in checkpoints. */
public final class SnapshotNames {

  private SnapshotNames() {}

  /** A step's; a transform may have become several steps, each of another kind. */
  public static String ofStep(Node node) {
    return node.step().transform().fullName() + " " + node.step().getClass().getSimpleName();
  }

  /**
   * A side input's.
   *
   * @param panes what its broadcast edge carries
   */
  public static String ofSideInput(Collection panes) {
    return "side input " + panes.id();
  }
}
