package dev.trestle.runner.operator;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/** What an operator under test may use. Processing time stands still until the test moves it. */
public final class FakeOperatorContext implements OperatorContext {

  private static final SideInputs NO_SIDE_INPUTS =
      new SideInputs() {
        @Override
        public boolean isEmpty() {
          return true;
        }

        @Override
        public boolean isReady(BoundedWindow mainWindow) {
          return true;
        }

        @Override
        public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
          throw new IllegalArgumentException("Unknown view " + view);
        }
      };

  private final PipelineOptions options = PipelineOptionsFactory.create();
  private final MetricsContainerImpl metrics = new MetricsContainerImpl("Step");
  private final List<BundleFinalizer.Callback> callbacks = new ArrayList<>();
  private final MemoryBudget memory = new MemoryBudget(1 << 24);
  private SideInputs sideInputs = NO_SIDE_INPUTS;

  /** Processing time in milliseconds. */
  public long now;

  /** In milliseconds. */
  public long outputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  public FakeOperatorContext with(SideInputs newSideInputs) {
    sideInputs = newSideInputs;
    return this;
  }

  public List<BundleFinalizer.Callback> callbacks() {
    return callbacks;
  }

  @Override
  public String stepName() {
    return "Step";
  }

  @Override
  public PipelineOptions options() {
    return options;
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
  public KeyGroupRange keyGroups() {
    return KeyGroupRange.all(KeyGroupRange.DEFAULT_TOTAL);
  }

  @Override
  public MemoryBudget memory() {
    return memory;
  }

  @Override
  public SpillDirectory spill() {
    throw new UnsupportedOperationException("The test has no disk");
  }

  @Override
  public InstantSource clock() {
    return () -> java.time.Instant.ofEpochMilli(now);
  }

  @Override
  public long inputWatermark() {
    return BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  }

  @Override
  public long outputWatermark() {
    return outputWatermark;
  }

  @Override
  public MetricsContainerImpl metrics() {
    return metrics;
  }

  @Override
  public SideInputs sideInputs() {
    return sideInputs;
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    return (expiry, callback) -> callbacks.add(callback);
  }
}
