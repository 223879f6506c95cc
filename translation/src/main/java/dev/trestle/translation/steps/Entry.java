package dev.trestle.translation.steps;

/** How elements get to a step. */
public enum Entry {
  /** The step has no input: it makes elements. */
  SOURCE,
  /** By a call from the step before it. */
  FUSED,
  /** Through an edge that spreads elements evenly. */
  REBALANCE,
  /** Through an edge that stands where two stages could not be one. */
  FORWARD,
  /** Through an edge that sends equal keys to the same task. */
  KEYED
}
