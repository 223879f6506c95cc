package dev.trestle.runner.recovery;

import java.util.function.BiConsumer;
import org.apache.beam.sdk.Pipeline;

/**
 * A pipeline whose results are the same whatever the order of turns.
 *
 * @param name by which it is found again
 * @param redoable whether all that it does may be done again, even after a commit, so that its job
 *     may fall back behind the newest checkpoint
 * @param maker applies it; what it writes goes to the world
 */
record RecoveryPipeline(String name, boolean redoable, BiConsumer<Pipeline, World> maker) {

  static RecoveryPipeline of(String name, BiConsumer<Pipeline, World> maker) {
    return new RecoveryPipeline(name, true, maker);
  }

  /** One with effects that are due after a commit and cannot be taken back. */
  static RecoveryPipeline withEffectsAfterCommit(String name, BiConsumer<Pipeline, World> maker) {
    return new RecoveryPipeline(name, false, maker);
  }
}
