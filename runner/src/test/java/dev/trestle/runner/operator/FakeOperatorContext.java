package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.Wakeable;
import dev.trestle.runner.sideinput.ViewLookup;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.rocks.RocksMemory;
import dev.trestle.state.rocks.RocksResources;
import dev.trestle.state.rocks.RocksSnapshot;
import dev.trestle.state.rocks.RocksStore;
import dev.trestle.state.rocks.RowScope;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.state.table.Serializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * What an operator under test may use. Time stands still until the test moves it. Needs to be
 * closed if its memory may not suffice.
 */
public class FakeOperatorContext implements OperatorContext, AutoCloseable {

  private static final AtomicInteger PATHS = new AtomicInteger();
  private static final Path NOWHERE = Path.of("/nonexistent");
  private static final RocksMemory LITTLE = new RocksMemory(4 << 20, 2 << 20);

  private final PipelineOptions options = PipelineOptionsFactory.create();
  private final List<BundleFinalizer.Callback> callbacks = new ArrayList<>();
  private final Map<String, MetricsContainerImpl> metricsOf = new HashMap<>();
  private final List<AsyncWork> asyncWork = new ArrayList<>();
  private final AtomicInteger wakeups = new AtomicInteger();
  private final Path directory;
  private final SpillDirectory spill;
  private RocksStore state;
  private final Supplier<RocksResources> rocks;
  private RocksResources own;
  private SideInputs sideInputs = ViewLookup.none();
  private RestoredState restored = RestoredState.NONE;

  public final MetricsContainerImpl metrics = new MetricsContainerImpl("Step");
  public final MemoryBudget memory;

  public boolean draining;

  /** Processing time in milliseconds. */
  public long now;

  /** In milliseconds. */
  public long inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** In milliseconds. */
  public long outputWatermark = inputWatermark;

  /**
   * A context.
   *
   * @param memoryBytes the budget
   * @param directory takes what does not fit into it
   */
  public FakeOperatorContext(long memoryBytes, Path directory) {
    memory = new MemoryBudget(memoryBytes);
    this.directory = directory;
    spill = SpillDirectory.open(directory);
    rocks = this::own;
    state = store(newPath(directory, "rows"), List.of());
  }

  private RocksResources own() {
    if (directory.equals(NOWHERE)) {
      throw new AssertionError("The state has to leave the memory");
    }
    if (own == null) {
      own = new RocksResources(LITTLE, 1);
    }
    return own;
  }

  /**
   * A context whose keyed state may leave the memory.
   *
   * @param rowsDirectory takes it; must not exist
   */
  public FakeOperatorContext(
      long memoryBytes, Path directory, Path rowsDirectory, Supplier<RocksResources> rocks) {
    memory = new MemoryBudget(memoryBytes);
    this.directory = directory;
    spill = SpillDirectory.open(directory);
    this.rocks = rocks;
    state = store(rowsDirectory, List.of());
  }

  private RocksStore store(Path rowsDirectory, List<RocksSnapshot> snapshots) {
    return RocksStore.restore(rocks, rowsDirectory, scope(), memory, Long.MAX_VALUE, snapshots);
  }

  private static Path newPath(Path in, String name) {
    return in.resolve(name + PATHS.incrementAndGet());
  }

  private RowScope scope() {
    return new RowScope(keyGroups(), Set.of(0));
  }

  /** A context in which nothing must spill. */
  public FakeOperatorContext() {
    this(1 << 30, NOWHERE);
  }

  public FakeOperatorContext with(SideInputs newSideInputs) {
    sideInputs = newSideInputs;
    return this;
  }

  public FakeOperatorContext with(RestoredState newRestored) {
    restored = newRestored;
    return this;
  }

  /** Files that hold something spilled. */
  public List<Path> spilled() {
    if (!Files.exists(spill.parent())) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(spill.parent())) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().equals("lock"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    return spill;
  }

  @Override
  public InstantSource clock() {
    return () -> java.time.Instant.ofEpochMilli(now);
  }

  /** Processing time: nothing is upstream. */
  @Override
  public SynchronizedClock synchronizedClock() {
    return new SynchronizedClock() {
      @Override
      public long millis() {
        return now;
      }

      @Override
      public boolean hasPassed(long millis) {
        return now > millis;
      }

      @Override
      public long wakeupAfter(long millis) {
        return millis + 1;
      }
    };
  }

  @Override
  public long inputWatermark() {
    return inputWatermark;
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
  public MetricsContainerImpl metricsOf(String transform) {
    return metricsOf.computeIfAbsent(transform, MetricsContainerImpl::new);
  }

  @Override
  public void addAsyncWork(AsyncWork work) {
    asyncWork.add(work);
  }

  /** What operators have said that they have others do. */
  public List<AsyncWork> asyncWork() {
    return asyncWork;
  }

  @Override
  public Wakeable task() {
    return wakeups::incrementAndGet;
  }

  /** How often the task has been woken. */
  public int wakeups() {
    return wakeups.get();
  }

  @Override
  public SideInputs sideInputs() {
    return sideInputs;
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    return (expiry, callback) -> callbacks.add(callback);
  }

  @Override
  public KeyedStateBackend keyedState(Serializer<Object> keys, Serializer<Object> namespaces) {
    return state.backend(0, keys, namespaces);
  }

  @Override
  public OrderedRows orderedRows(int number) {
    return state.orderedRows(0, number);
  }

  /** Whether any state has left the memory. */
  public boolean hasDatabase() {
    return own != null;
  }

  /** How many keys and namespaces have state. */
  public int rows() {
    return state.rowsInMemory();
  }

  @Override
  public boolean takesCheckpoints() {
    return false;
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public RestoredState restored() {
    return restored;
  }

  /**
   * Closes an operator, and goes on as another process does that finds its snapshot: an operator
   * that is opened next is restored from it.
   */
  public void restart(Operator operator) throws Exception {
    FakeSnapshot snapshot = new FakeSnapshot();
    operator.snapshot(snapshot);
    List<SnapshotFile> files = state.checkpoint(newPath(directory, "checkpoint"));
    operator.close();
    state.close();
    restored = snapshot;
    state =
        store(
            newPath(directory, "rows"),
            files.isEmpty() ? List.of() : List.of(new RocksSnapshot(scope(), files)));
  }

  /** Closes the keyed state. */
  @Override
  public void close() {
    state.close();
    if (own != null) {
      own.close();
    }
  }

  /** Opens an operator with this context. */
  public void open(Operator operator) {
    try {
      operator.open(this);
    } catch (Exception e) {
      throw new AssertionError("The operator does not open", e);
    }
  }
}
