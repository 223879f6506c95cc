package dev.trestle.benchmarks.hot;

import dev.trestle.runner.exchange.Wakeable;
import dev.trestle.runner.operator.AsyncWork;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SideInputs;
import dev.trestle.runner.operator.SynchronizedClock;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.rocks.RocksStore;
import dev.trestle.state.rocks.RowScope;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.state.table.Serializer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** A task of one operator that has room for everything. */
final class BenchmarkContext implements OperatorContext {

  private final PipelineOptions options = PipelineOptionsFactory.create();
  private final MetricsContainer metrics = new MetricsContainerImpl("step");
  private final MemoryBudget memory = new MemoryBudget(1L << 40);

  private final RocksStore state =
      RocksStore.create(
          () -> {
            throw new IllegalStateException("There is room for everything");
          },
          Path.of("never-written"),
          new RowScope(keyGroups(), Set.of(0)),
          memory,
          memory.total());

  /** In milliseconds. */
  long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  @Override
  public String stepName() {
    return "step";
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
    return SpillDirectory.open(Path.of("never-written"));
  }

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public SynchronizedClock synchronizedClock() {
    return new SynchronizedClock() {
      @Override
      public long millis() {
        return clock().millis();
      }

      @Override
      public boolean hasPassed(long millis) {
        return millis < millis();
      }

      @Override
      public long wakeupAfter(long millis) {
        return millis + 1;
      }
    };
  }

  @Override
  public long inputWatermark() {
    return watermark;
  }

  @Override
  public long outputWatermark() {
    return watermark;
  }

  @Override
  public MetricsContainer metrics() {
    return metrics;
  }

  @Override
  public MetricsContainerImpl metricsOf(String transform) {
    throw new UnsupportedOperationException("Grouping runs no other transforms");
  }

  @Override
  public void addAsyncWork(AsyncWork work) {
    throw new UnsupportedOperationException("Grouping has nobody work for it");
  }

  @Override
  public Wakeable task() {
    throw new UnsupportedOperationException("Nobody works for a grouping");
  }

  @Override
  public SideInputs sideInputs() {
    throw new UnsupportedOperationException("Grouping reads no side inputs");
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    throw new UnsupportedOperationException("Grouping finalizes nothing");
  }

  @Override
  public boolean takesCheckpoints() {
    return false;
  }

  @Override
  public KeyedStateBackend keyedState(Serializer<Object> keys, Serializer<Object> namespaces) {
    return state.backend(0, keys, namespaces);
  }

  @Override
  public boolean isDraining() {
    return false;
  }

  @Override
  public OrderedRows orderedRows(int number) {
    return state.orderedRows(0, number);
  }

  @Override
  public RestoredState restored() {
    return RestoredState.NONE;
  }
}
