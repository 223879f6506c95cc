package dev.trestle.runner.keyed;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SideInputs;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;

/** A task with a clock and an output watermark that a test moves. */
final class FakeOperatorContext implements OperatorContext {

  long now;
  long outputWatermark = Long.MIN_VALUE;

  @Override
  public KeyGroupRange keyGroups() {
    return KeyGroupRange.all(128);
  }

  @Override
  public InstantSource clock() {
    return () -> Instant.ofEpochMilli(now);
  }

  @Override
  public long outputWatermark() {
    return outputWatermark;
  }

  @Override
  public String stepName() {
    return "test";
  }

  @Override
  public PipelineOptions options() {
    throw notNeeded();
  }

  @Override
  public int taskIndex() {
    return 0;
  }

  @Override
  public int parallelism() {
    return 1;
  }

  @Override
  public MemoryBudget memory() {
    throw notNeeded();
  }

  @Override
  public SpillDirectory spill() {
    throw notNeeded();
  }

  @Override
  public long inputWatermark() {
    throw notNeeded();
  }

  @Override
  public MetricsContainer metrics() {
    throw notNeeded();
  }

  @Override
  public SideInputs sideInputs() {
    throw notNeeded();
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    throw notNeeded();
  }

  private static UnsupportedOperationException notNeeded() {
    return new UnsupportedOperationException("Keyed state needs no such thing");
  }
}
