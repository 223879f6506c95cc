package dev.trestle.runner.engine;

import dev.trestle.state.checkpoint.FaultyStore.Faults;
import java.util.Random;

/**
 * What a simulated process has to live with.
 *
 * @param turnsOfTasks one in so many turns is of the thread that takes checkpoints; at least 1
 * @param mostPauses turns of that thread between two checkpoints, at most; at least 1
 * @param slowness how likely, in percent, a call to the store takes yet another turn
 * @param memoryBytes for what spills beyond
 * @param badDisk whether files of snapshots cannot be made now and then
 * @param faults of the store
 */
record Conditions(
    int turnsOfTasks,
    int mostPauses,
    int slowness,
    long memoryBytes,
    boolean badDisk,
    Faults faults) {

  /** Nothing goes wrong. */
  static final Conditions GOOD = new Conditions(20, 4, 20, 1 << 26, false, Faults.NONE);

  static Conditions drawn(Random random) {
    return new Conditions(
        pick(random, 2, 8, 30),
        pick(random, 1, 4, 12),
        pick(random, 0, 30, 80),
        pick(random, 0, 1 << 14, 1 << 26),
        random.nextInt(3) == 0,
        new Faults(
            pick(random, 0, 0.001, 0.01),
            pick(random, 0, 0.0005, 0.004),
            pick(random, 0, 0.002, 0.02),
            pick(random, 0, 0.3, 1)));
  }

  /** The same with a store that does what it should. */
  Conditions withoutFaults() {
    return new Conditions(turnsOfTasks, mostPauses, slowness, memoryBytes, false, Faults.NONE);
  }

  private static int pick(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static double pick(Random random, double... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
