package dev.trestle.benchmarks.state;

import dev.trestle.benchmarks.Arguments;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.rocks.RocksMemory;
import dev.trestle.state.rocks.RocksResources;
import dev.trestle.state.rocks.RocksSnapshot;
import dev.trestle.state.rocks.RocksStore;
import dev.trestle.state.rocks.RowScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * A counter for each of many keys, two tasks with one thread and one store each. Loads the keys,
 * takes a checkpoint, changes one key in a hundred and takes another; then measures from the first
 * one's files: uniformly random keys in a bare RocksDB and in a store, keys of Zipf's distribution
 * over all and over a fiftieth of the keys.
 *
 * <p>Arguments: {@code --keys=N --directory=EMPTY}, {@code --seconds=N} to warm up and as many to
 * measure, for each rate.
 */
public final class LargeState {

  private static final int TASKS = 2;
  private static final int SKEW = 50;
  private static final int CHANGED = 100;
  private static final int KEY_GROUPS = KeyGroupRange.DEFAULT_TOTAL;

  private final long keysOfTask;
  private final long seconds;
  private final Path directory;
  private final MemoryBudget budget = new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
  private int stores;

  private LargeState(long keys, long seconds, Path directory) {
    keysOfTask = keys / TASKS;
    this.seconds = seconds;
    this.directory = directory;
  }

  public static void main(String[] args) throws Exception {
    Arguments arguments = new Arguments(args);
    long keys = arguments.number("keys", 2_000_000);
    long seconds = arguments.number("seconds", 30);
    Path directory = Path.of(arguments.required("directory"));
    arguments.refuseOthers();
    new LargeState(keys, seconds, directory).run();
  }

  private void run() throws Exception {
    try (RocksResources shared = new RocksResources(RocksMemory.DEFAULT, TASKS)) {
      List<RocksSnapshot> snapshots = new ArrayList<>();
      double checkpoint = loadAndChange(shared, snapshots);
      double bare = bareRate(shared, snapshots);
      double uniform = rate("uniform, store", shared, snapshots, false, keysOfTask);
      double few = rate("zipf, few keys", shared, snapshots, true, keysOfTask / SKEW);
      double many = rate("zipf, all keys", shared, snapshots, true, keysOfTask);
      System.out.printf(
          Locale.ROOT,
          "large-state: keys=%d loop_ratio=%.2f skewed_ratio=%.2f checkpoint_bytes_ratio=%.3f%n",
          keysOfTask * TASKS,
          uniform / bare,
          many / few,
          checkpoint);
    }
  }

  private static KeyGroupRange range(int task) {
    return KeyGroupRange.of(task, TASKS, KEY_GROUPS);
  }

  private static RowScope scope(int task) {
    return new RowScope(range(task), Set.of(StateLoop.OPERATOR));
  }

  /** Loads all keys; the ratio of the bytes of a small checkpoint to those of a full one. */
  private double loadAndChange(RocksResources shared, List<RocksSnapshot> snapshots)
      throws Exception {
    List<StateLoop> loops = stores(shared, List.of());
    long start = System.nanoTime();
    ExecutorService threads = Executors.newFixedThreadPool(TASKS);
    List<Future<?>> loads = new ArrayList<>();
    for (StateLoop loop : loops) {
      loads.add(
          threads.submit(
              () -> {
                LongSupplier numbers = inTurn();
                for (long done = 0; done < keysOfTask; done += Loop.BATCH) {
                  loop.batch(numbers);
                }
                loop.store().settle();
                return null;
              }));
    }
    for (Future<?> load : loads) {
      load.get();
    }
    threads.shutdown();
    say("load", "%.0f keys/s", keysOfTask * TASKS / ((System.nanoTime() - start) / 1e9));
    Set<String> known = new HashSet<>();
    long full = 0;
    long next = 0;
    for (int i = 0; i < TASKS; i++) {
      StateLoop loop = loops.get(i);
      List<SnapshotFile> files = loop.store().checkpoint(directory.resolve("full" + i));
      full += newBytes(files, known);
      snapshots.add(new RocksSnapshot(scope(i), files));
      LongSupplier numbers = Numbers.uniform(keysOfTask, i);
      for (long done = 0; done < keysOfTask / CHANGED; done += Loop.BATCH) {
        loop.batch(numbers);
      }
      next += newBytes(loop.store().checkpoint(directory.resolve("next" + i)), known);
      loop.close();
    }
    say("checkpoint", "%.1f MB, then %.1f MB", full / 1e6, next / 1e6);
    return (double) next / full;
  }

  /** All numbers, and again from the start. */
  private LongSupplier inTurn() {
    long[] next = {0};
    return () -> next[0]++ % keysOfTask;
  }

  private static long newBytes(List<SnapshotFile> files, Set<String> known) throws IOException {
    long bytes = 0;
    for (SnapshotFile file : files) {
      if (!file.shared() || known.add(file.name())) {
        bytes += Files.size(file.path());
      }
    }
    return bytes;
  }

  private List<StateLoop> stores(RocksResources shared, List<RocksSnapshot> snapshots) {
    List<StateLoop> loops = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      List<RocksSnapshot> own = snapshots.isEmpty() ? List.of() : List.of(snapshots.get(i));
      Path path = directory.resolve("store" + stores++);
      RocksStore store =
          RocksStore.restore(() -> shared, path, scope(i), budget, budget.total() / TASKS, own);
      loops.add(new StateLoop(store, range(i)));
    }
    return loops;
  }

  private double bareRate(RocksResources shared, List<RocksSnapshot> snapshots) throws Exception {
    List<BareLoop> loops = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      Path path = directory.resolve("bare" + i);
      Files.createDirectory(path);
      for (SnapshotFile file : snapshots.get(i).files()) {
        Path name = file.path().getFileName();
        if (file.shared()) {
          Files.createLink(path.resolve(name), file.path());
        } else {
          Files.copy(file.path(), path.resolve(name));
        }
      }
      loops.add(new BareLoop(shared, path, range(i)));
    }
    double rate = Rate.of(loops, task -> Numbers.uniform(keysOfTask, 10 + task), seconds);
    loops.forEach(BareLoop::close);
    say("uniform, bare", "%.0f operations/s", rate);
    return rate;
  }

  private double rate(
      String what, RocksResources shared, List<RocksSnapshot> snapshots, boolean zipf, long keys)
      throws Exception {
    List<StateLoop> loops = stores(shared, snapshots);
    double rate =
        Rate.of(
            loops,
            task -> zipf ? Numbers.zipf(keys, 20 + task) : Numbers.uniform(keys, 10 + task),
            seconds);
    loops.forEach(StateLoop::close);
    say(what, "%.0f operations/s", rate);
    return rate;
  }

  private static void say(String what, String format, Object... values) {
    System.out.printf(Locale.ROOT, "%-16s %s%n", what, String.format(Locale.ROOT, format, values));
  }
}
