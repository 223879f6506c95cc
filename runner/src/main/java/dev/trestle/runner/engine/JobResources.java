package dev.trestle.runner.engine;

import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import java.time.InstantSource;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What all tasks of a job share.
 *
 * @param takesCheckpoints whether what they do is durable only when a checkpoint has been committed
 */
public record JobResources(
    PipelineOptions options,
    MemoryBudget memory,
    SpillDirectory spill,
    SharedRocks rocks,
    InstantSource clock,
    boolean takesCheckpoints) {

  /** Gives back what is outside of the heap. No task runs any more. */
  public void close() {
    rocks.close();
    spill.close();
  }
}
