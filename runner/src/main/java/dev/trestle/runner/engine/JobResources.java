package dev.trestle.runner.engine;

import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import java.time.InstantSource;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What all tasks of a job share.
 *
 * @param takesCheckpoints whether what they do is durable only when a checkpoint has been committed
 * @param workers of the environments of its transforms; they are closed apart from the rest, for
 *     they may have to be told that what they did is durable
 */
public record JobResources(
    PipelineOptions options,
    MemoryBudget memory,
    SpillDirectory spill,
    SharedRocks rocks,
    InstantSource clock,
    boolean takesCheckpoints,
    SdkWorkers workers) {

  /** Those of a job all of whose transforms run in this process. */
  public JobResources(
      PipelineOptions options,
      MemoryBudget memory,
      SpillDirectory spill,
      SharedRocks rocks,
      InstantSource clock,
      boolean takesCheckpoints) {
    this(options, memory, spill, rocks, clock, takesCheckpoints, SdkWorkers.none());
  }

  /** Gives back what is outside of the heap. No task runs any more. */
  public void close() {
    rocks.close();
    spill.close();
  }
}
