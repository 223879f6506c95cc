package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.NodeTable;
import dev.trestle.state.memory.MemoryGrant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a grouping whose windows merge, and when each of them has to be looked at. Those that
 * have no room in memory are in {@link KeyRows}; they come back before a batch that has elements of
 * them, and when it is time to look at them.
 */
final class ActiveKeys {

  private static final String WINDOWS = "windows";

  /** What a key takes besides a place in a hash table; a window without its aggregate. */
  private static final int BYTES_PER_KEY = 120;

  private static final int BYTES_PER_WINDOW = 136;

  /** How many elements come between two looks at the size of an aggregate. */
  private static final int ELEMENTS_PER_SAMPLE = 1 << 11;

  private final Reduction reduction;
  private final GroupRecords records;
  private final ActiveWindowRecords windowRecords;
  private final ByteKey probe = new ByteKey();
  private final NodeTable<KeyWindows> table = new NodeTable<>();

  /** When to look at which key. Of several entries of a key only that of its own time counts. */
  private final PriorityQueue<Look> looks =
      new PriorityQueue<>(Comparator.comparingLong(look -> look.time));

  /** Windows that wait beyond their end with elements that came before it. */
  private final PriorityQueue<Held> held =
      new PriorityQueue<>(Comparator.comparingLong(window -> window.end));

  private MemoryGrant memory = MemoryGrant.none();
  private @Nullable OperatorContext context;

  /** Null as long as every key has had room. */
  private @Nullable KeyRows rows;

  /** What the keys in memory take. */
  private long keyBytes;

  /** How many windows they have. */
  private long windowCount;

  private int untilSample;

  private record Look(long time, KeyWindows key) {}

  /** Counts no more when the window has fired or has become another. */
  private record Held(long end, ActiveWindow window) {
    boolean counts() {
      return window.held && window.ended && window.end == end && window.mergedInto == null;
    }
  }

  ActiveKeys(Reduction reduction, GroupRecords records) {
    this.reduction = reduction;
    this.records = records;
    windowRecords = new ActiveWindowRecords(records);
  }

  /**
   * Must be called before anything else.
   *
   * @param due when to look at a window, in milliseconds
   */
  void open(OperatorContext operatorContext, ToLongFunction<ActiveWindow> due) throws IOException {
    context = operatorContext;
    memory = MemoryGrant.of(operatorContext.memory());
    RestoredState restored = operatorContext.restored();
    if (restored.isRestored()) {
      rows().restore(restored);
    }
    restored.read(WINDOWS, (keyGroup, record) -> restore(record, due));
  }

  void close() {
    memory.close();
  }

  // ---- Keys --------------------------------------------------------------------------------

  /** A key, made where there is none; those of a batch have to be {@link #bringBack brought}. */
  KeyWindows get(Object key) {
    KeyWindows known = table.find(key);
    if (known == null) {
      known = new KeyWindows(key instanceof ByteKey bytes ? bytes.copy() : key);
      add(known);
    }
    return known;
  }

  private void add(KeyWindows key) {
    table.add(key);
    keyBytes += BYTES_PER_KEY + KeyTable.bytes(key.key());
  }

  /** Forgets a key. */
  void remove(KeyWindows key) {
    table.remove(key);
    keyBytes -= BYTES_PER_KEY + KeyTable.bytes(key.key());
  }

  /** Says that keys have got so many windows, or lost them if that is negative. */
  void windowsAdded(int count) {
    windowCount += count;
  }

  /** Says when to look at a key, unless that is sooner anyway. */
  void lookAt(KeyWindows key, long time) {
    if (time < key.nextLook) {
      key.nextLook = time;
      looks.add(new Look(time, key));
    }
  }

  /** A key whose time is before another; null if there is none in memory. */
  @Nullable KeyWindows nextBefore(long time) {
    for (Look look = looks.peek(); look != null && look.time < time; look = looks.peek()) {
      looks.remove();
      KeyWindows key = look.key;
      if (look.time == key.nextLook) {
        key.nextLook = KeyWindows.NEVER;
        return key;
      }
    }
    return null;
  }

  /** Lets a window hold the watermark at its end. */
  void hold(ActiveWindow window) {
    window.held = true;
    held.add(new Held(window.end, window));
  }

  /**
   * The next look is never after the end of a window that has not ended; those that have ended, and
   * wait for more elements before they fire, hold the watermark at their end.
   */
  long hold() {
    Held first = held.peek();
    while (first != null && !first.counts()) {
      held.remove();
      first = held.peek();
    }
    Look next = looks.peek();
    long hold = first == null ? KeyWindows.NEVER : first.end;
    if (next != null) {
      hold = Math.min(hold, next.time);
    }
    return rows == null ? hold : Math.min(hold, rows.hold());
  }

  // ---- Memory ------------------------------------------------------------------------------

  /** To be called after each batch. */
  void batchAdded(Batch batch) {
    untilSample -= batch.size();
    if (untilSample <= 0 && batch.size() > 0) {
      untilSample = ELEMENTS_PER_SAMPLE;
      KeyWindows key = table.find(batch.tableKey(0, probe));
      Object aggregate = key == null ? Reduction.ABSENT : key.windows.get(0).aggregate;
      if (aggregate != Reduction.ABSENT) {
        reduction.sample(1, i -> aggregate);
      }
    }
    keepWithinBudget();
  }

  private void keepWithinBudget() {
    if (!memory.covers(bytes())) {
      makeRoom();
    }
  }

  private long bytes() {
    return keyBytes + BYTES_PER_WINDOW * windowCount + reduction.bytes(windowCount);
  }

  /**
   * Moves keys out until half of what was granted is free: those first whose last window ends
   * first, for they have been without elements for longest.
   */
  private void makeRoom() {
    long most = memory.covered() / 2;
    List<KeyWindows> coldFirst = all();
    coldFirst.sort(Comparator.comparingLong(KeyWindows::lastEnd));
    for (int i = 0; i < coldFirst.size() && bytes() > most; i++) {
      moveOut(coldFirst.get(i));
    }
    looks.removeIf(look -> look.time != look.key.nextLook);
    held.removeIf(window -> !window.counts());
    shrink();
  }

  private void moveOut(KeyWindows key) {
    rows().add(key);
    remove(key);
    key.nextLook = KeyWindows.NEVER;
    for (int i = 0; i < key.windows.size(); i++) {
      ActiveWindow window = key.windows.get(i);
      window.held = false;
      reduction.release(window.aggregate);
    }
    windowsAdded(-key.windows.size());
  }

  /** Gives back what is not needed any more. */
  void shrink() {
    memory.shrinkTo(bytes());
  }

  /** Brings back the keys of a batch that are not in memory. */
  void bringBack(Batch batch) {
    KeyRows from = rows;
    if (from == null || from.isEmpty()) {
      return;
    }
    KeyTable seen = new KeyTable(false, 0, new KeyTable.Footprint());
    EncodedKeys wanted = new EncodedKeys();
    for (int i = 0; i < batch.size(); i++) {
      Object key = batch.tableKey(i, probe);
      int known = seen.size();
      if (table.find(key) == null && seen.number(key, batch.keyHash(i)) == known) {
        from.announce(key, wanted);
      }
    }
    from.take(wanted, this::takeBack);
  }

  /**
   * Brings back some keys whose time is before another, when none in memory is left.
   *
   * @return whether there were any
   */
  boolean bringBackBefore(long time) {
    if (rows == null || rows.isEmpty()) {
      return false;
    }
    keepWithinBudget();
    return rows.takeBefore(time, this::takeBack);
  }

  private void takeBack(KeyWindows key) {
    add(key);
    windowsAdded(key.windows.size());
    for (int i = 0; i < key.windows.size(); i++) {
      restoreHold(key.windows.get(i));
    }
    looks.add(new Look(key.nextLook, key));
  }

  private void restoreHold(ActiveWindow window) {
    if (window.held) {
      hold(window);
    }
  }

  private KeyRows rows() {
    KeyRows known = rows;
    if (known == null) {
      if (context == null) {
        throw new IllegalStateException("Not open");
      }
      known = new KeyRows(context, records, windowRecords);
      rows = known;
    }
    return known;
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /** Section {@code windows}: key, and a window as {@link ActiveWindowRecords}; and the rows'. */
  void snapshot(SnapshotWriter out, KeyGroupRange range) throws IOException {
    SnapshotWriter.Section section = out.section(WINDOWS);
    for (KeyWindows key : all()) {
      int keyGroup = GroupRecords.keyGroup(key.key(), range);
      for (int i = 0; i < key.windows.size(); i++) {
        ByteSink record = section.keyed(keyGroup);
        records.writeKey(key.key(), record);
        windowRecords.write(key.windows.get(i), record);
      }
    }
    if (rows != null) {
      rows.snapshot(out);
    }
  }

  private List<KeyWindows> all() {
    List<KeyWindows> all = new ArrayList<>(table.size());
    table.forEach(all::add);
    return all;
  }

  private void restore(ByteSource record, ToLongFunction<ActiveWindow> due) throws IOException {
    Object tableKey = records.readKey(record);
    if (table.find(tableKey) == null) {
      keepWithinBudget(); // only between two keys: one is in memory or in rows as a whole
    }
    KeyWindows key = get(tableKey);
    ActiveWindow window = key.windows.add(windowRecords.read(record));
    windowsAdded(1);
    restoreHold(window);
    lookAt(key, due.applyAsLong(window));
  }
}
