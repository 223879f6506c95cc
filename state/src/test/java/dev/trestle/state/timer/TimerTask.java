package dev.trestle.state.timer;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.memory.MemoryGrant;
import dev.trestle.state.rocks.RocksMemory;
import dev.trestle.state.rocks.RocksResources;
import dev.trestle.state.rocks.RocksSnapshot;
import dev.trestle.state.rocks.RocksStore;
import dev.trestle.state.rocks.RowScope;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTableContract;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.state.table.Serializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A queue with all that it needs of a task. */
final class TimerTask {

  private static final int OPERATOR = 1;
  private static final int TIMERS = 0;
  private static final int HOLDS = 1;

  final KeyGroupRange range;
  final TimerQueue<Payload> queue;
  final KeyedStateBackend backend;
  private final RocksStore store;
  private final HoldTracker holds = new HoldTracker();
  private final OrderedRows timerRows;

  /** What a timer of these tests carries. */
  record Payload(String text, long hold) {
    static final String CANNOT_BE_ENCODED = "cannot be encoded";
  }

  private static final Serializer<Object> STRINGS =
      new Serializer<>() {
        @Override
        public void write(Object value, DataOutput out) throws IOException {
          KeyedTableContract.STRINGS.write((String) value, out);
        }

        @Override
        public Object read(DataInput in) throws IOException {
          return KeyedTableContract.STRINGS.read(in);
        }
      };

  private static final TimerFormat<Payload> FORMAT =
      new TimerFormat<>() {
        @Override
        public Serializer<Object> keys() {
          return STRINGS;
        }

        @Override
        public Serializer<Object> namespaces() {
          return STRINGS;
        }

        @Override
        public Serializer<Object> ids() {
          return STRINGS;
        }

        @Override
        public void write(Payload payload, DataOutput out) throws IOException {
          if (payload.text.equals(Payload.CANNOT_BE_ENCODED)) {
            throw new IOException(payload.text);
          }
          out.writeUTF(payload.text);
          out.writeLong(payload.hold);
        }

        @Override
        public Payload read(Object namespace, Object id, long time, DataInput in)
            throws IOException {
          return new Payload(in.readUTF(), in.readLong());
        }

        @Override
        public long hold(Payload payload) {
          return payload.hold;
        }
      };

  private TimerTask(KeyGroupRange range, MemoryGrant memory, RocksStore store) {
    this.range = range;
    this.store = store;
    backend = store.backend(OPERATOR, STRINGS, STRINGS);
    timerRows = store.orderedRows(OPERATOR, TIMERS);
    TimerRows<Payload> rows =
        new TimerRows<>(
            range,
            backend,
            backend::setKey,
            timerRows,
            store.orderedRows(OPERATOR, HOLDS),
            "timers",
            FORMAT);
    queue = new TimerQueue<>(range, memory, rows, holds);
  }

  static int keyGroup(String key, int total) {
    return KeyGroupRange.keyGroup(key.hashCode(), total);
  }

  private int makeCurrent(String key) {
    int keyGroup = keyGroup(key, range.total());
    backend.setKey(key, keyGroup);
    return keyGroup;
  }

  void set(String key, String namespace, String id, long time, Payload payload) {
    queue.set(key, makeCurrent(key), namespace, id, time, payload);
  }

  void delete(String key, String namespace, String id) {
    queue.delete(key, makeCurrent(key), namespace, id);
  }

  void deleteAll(String key, String namespace) {
    queue.deleteAll(key, makeCurrent(key), namespace);
  }

  long hold() {
    return Math.min(holds.least(), queue.holdOfRows());
  }

  int timersInMemory() {
    return timers().size();
  }

  /** The timers in memory, in the order of their key groups. */
  private List<TimerQueue.Timer<Payload>> timers() {
    List<TimerQueue.Timer<Payload>> timers = new ArrayList<>();
    try {
      for (int group = range.first(); group < range.end(); group++) {
        queue.forEachInMemory(group, timers::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return timers;
  }

  /** Writes a row that is no timer's. */
  void damage(int keyGroup, long time) {
    byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(time ^ Long.MIN_VALUE).array();
    timerRows.put(keyGroup, key, key.length, new byte[0], 0);
    queue.restoreRows(keyGroup, time, Long.MAX_VALUE);
  }

  /** Tasks, one after the other and beside each other. */
  static final class Job implements AutoCloseable {

    final MemoryBudget budget = new MemoryBudget(1 << 30);
    private final Path directory;
    private final List<TimerTask> started = new ArrayList<>();
    private @Nullable RocksResources shared;
    private int paths;

    Job(Path directory) {
      this.directory = directory;
    }

    private Path path() {
      return directory.resolve("path" + paths++);
    }

    private RocksResources shared() {
      RocksResources known = shared;
      if (known == null) {
        known = new RocksResources(new RocksMemory(16 << 20, 8 << 20), 1);
        shared = known;
      }
      return known;
    }

    /** Whether some task has had rows. */
    boolean hasDatabase() {
      return shared != null;
    }

    TimerTask start(KeyGroupRange range, long memory) {
      return start(range, memory, List.of());
    }

    private TimerTask start(KeyGroupRange range, long memory, List<RocksSnapshot> snapshots) {
      RowScope scope = new RowScope(range, Set.of(OPERATOR));
      RocksStore store =
          RocksStore.restore(
              this::shared,
              path(),
              scope,
              budget,
              20_000,
              snapshots.stream().filter(s -> s.scope().overlaps(scope)).toList());
      TimerTask task = new TimerTask(range, new MemoryGrant(budget, memory), store);
      started.add(task);
      return task;
    }

    /** Tasks that go on from a checkpoint of others. */
    List<TimerTask> restart(List<TimerTask> tasks, int parallelism, long memory) {
      int total = tasks.get(0).range.total();
      List<RocksSnapshot> snapshots = new ArrayList<>();
      for (TimerTask task : tasks) {
        snapshots.add(
            new RocksSnapshot(
                new RowScope(task.range, Set.of(OPERATOR)), task.store.checkpoint(path())));
      }
      List<TimerTask> restarted = new ArrayList<>();
      for (int i = 0; i < parallelism; i++) {
        TimerTask next = start(KeyGroupRange.of(i, parallelism, total), memory, snapshots);
        tasks.forEach(next::takeOver);
        restarted.add(next);
      }
      return restarted;
    }

    @Override
    public void close() {
      started.forEach(task -> task.store.close());
      if (shared != null) {
        shared.close();
      }
    }
  }

  private void takeOver(TimerTask from) {
    for (int group = range.first(); group < range.end(); group++) {
      if (from.range.contains(group) && from.queue.front(group) < Long.MAX_VALUE) {
        queue.restoreRows(group, from.queue.front(group), from.queue.holdFront(group));
      }
    }
    for (TimerQueue.Timer<Payload> timer : from.timers()) {
      if (range.contains(timer.keyGroup())) {
        TimerHeap.Timer<Payload> set = (TimerHeap.Timer<Payload>) timer;
        String id = (String) set.key();
        set((String) set.timerKey(), (String) set.namespace(), id, set.time(), set.payload());
      }
    }
  }
}
