package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.NodeTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.joda.time.Instant;

/**
 * Groups by key and window where windows merge, as sessions do, and fire either when the watermark
 * passes their end, then once more for late data, or whenever so many elements have come.
 *
 * <p>A key has its own windows here, and they change with its elements. A timer for each would be
 * set anew with nearly every element. Instead a key is looked at again when the earliest end that
 * any of its windows had at the last look has passed: a session that has grown meanwhile is then
 * found not to have ended, and the key waits for its new end. So an element that makes a session
 * longer costs a look into a hash table and two comparisons.
 *
 * <p>Panes, timestamps and drops equal those of {@code ReduceFnRunner}: {@code MergingGroupingTest}
 * compares them on random inputs. Strategies whose panes take their timestamps from elements are
 * left to the general operator.
 */
final class MergingGroupingOperator extends GroupingOperator {

  private static final long NEVER = Long.MAX_VALUE;

  private static final String WINDOWS = "windows";
  private static final int ENDED = 1;
  private static final int HELD = 1 << 1;

  private final WindowMerging merging;
  private final Lateness lateness;
  private final GroupRecords records;
  private final ByteKey probe = new ByteKey();
  private final NodeTable<KeyWindows> table = new NodeTable<>();

  /** When to look at which key. Of several entries of a key only that of its own time counts. */
  private final PriorityQueue<Look> looks =
      new PriorityQueue<>(Comparator.comparingLong(look -> look.time));

  /** Windows that got elements in this batch after which they may fire. */
  private final List<Filled> filled = new ArrayList<>();

  /** Windows that wait beyond their end with elements that came before it. */
  private final PriorityQueue<Held> held =
      new PriorityQueue<>(Comparator.comparingLong(window -> window.end));

  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** A key and its windows. */
  private static final class KeyWindows extends NodeTable.Node {
    final ActiveWindows windows = new ActiveWindows();

    /** When to look at the windows again, in milliseconds. */
    long nextLook = NEVER;

    KeyWindows(Object key) {
      super(key);
    }
  }

  private record Look(long time, KeyWindows key) {}

  private record Filled(KeyWindows key, ActiveWindow window) {}

  /** Counts no more when the window has fired or has become another. */
  private record Held(long end, ActiveWindow window) {
    boolean counts() {
      return window.held && window.ended && window.end == end && window.mergedInto == null;
    }
  }

  MergingGroupingOperator(
      EdgeFormat format,
      Reduction reduction,
      GroupingRules rules,
      WindowMerging merging,
      Coder<BoundedWindow> windowCoder,
      Receiver output) {
    super(format, reduction, rules, output);
    this.merging = merging;
    lateness = new Lateness(rules);
    records = new GroupRecords(keys, format.keyByObject(), windowCoder, reduction);
  }

  @Override
  public void open(OperatorContext operatorContext) throws IOException {
    super.open(operatorContext);
    watermark = operatorContext.inputWatermark();
    lateness.open(operatorContext);
    operatorContext.restored().read(WINDOWS, (keyGroup, record) -> restore(record));
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /**
   * Section {@code windows}: key, window, first timestamp, flags, number of firings, of those since
   * the end, of elements, combined timestamp, aggregate.
   */
  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    KeyGroupRange range = context().keyGroups();
    SnapshotWriter.Section section = out.section(WINDOWS);
    List<KeyWindows> all = new ArrayList<>();
    table.forEach(all::add);
    for (KeyWindows key : all) {
      int keyGroup = GroupRecords.keyGroup(key.key(), range);
      for (int i = 0; i < key.windows.size(); i++) {
        ByteSink record = section.keyed(keyGroup);
        records.writeKey(key.key(), record);
        ActiveWindow window = key.windows.get(i);
        records.writeWindows(window.window(), record);
        record.writeLong(window.start);
        record.write((window.ended ? ENDED : 0) | (window.held ? HELD : 0));
        record.writeInt(window.firings);
        record.writeInt(window.firingsSinceEnd);
        record.writeLong(window.count);
        record.writeLong(window.time);
        records.writeAggregate(window.aggregate, record);
      }
    }
  }

  private void restore(ByteSource record) throws IOException {
    KeyWindows key = keyWindows(records.readKey(record));
    ActiveWindow window = new ActiveWindow((BoundedWindow) records.readWindows(record));
    window.start = GroupRecords.readLong(record);
    int flags = record.read();
    window.ended = (flags & ENDED) != 0;
    window.held = (flags & HELD) != 0;
    window.firings = GroupRecords.readInt(record);
    window.firingsSinceEnd = GroupRecords.readInt(record);
    window.count = GroupRecords.readLong(record);
    window.time = GroupRecords.readLong(record);
    window.aggregate = records.readAggregate(record);
    key.windows.add(window);
    if (window.held) {
      held.add(new Held(window.end, window));
    }
    lookAt(key, due(window));
  }

  // ---- Elements ----------------------------------------------------------------------------

  @Override
  void add(Batch batch) {
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      Object windows = batch.windows(i);
      if (windows instanceof BoundedWindow window) {
        add(batch, i, window);
      } else {
        for (BoundedWindow window : Windows.all(windows)) {
          add(batch, i, window);
        }
      }
    }
    if (!filled.isEmpty()) {
      fireFilled();
    }
  }

  private void add(Batch batch, int index, BoundedWindow window) {
    if (lateness.drops(window, watermark)) {
      return;
    }
    Object key = batch.tableKey(index, probe);
    KeyWindows known = keyWindows(key);
    ActiveWindow active = merging.join(known.windows, window);
    active.aggregate = reduction.add(active.aggregate, batch, index);
    active.count++;
    if (active.end < watermark) {
      active.ended = true;
    }
    if (isReady(active) && !active.queued) {
      active.queued = true;
      filled.add(new Filled(known, active));
    }
    lookAt(known, due(active));
  }

  private KeyWindows keyWindows(Object key) {
    KeyWindows known = table.find(key);
    if (known == null) {
      known = new KeyWindows(key instanceof ByteKey bytes ? bytes.copy() : key);
      table.add(known);
    }
    return known;
  }

  private boolean isReady(ActiveWindow window) {
    return rules.firesByCount() ? window.count >= rules.elementCount() : window.ended;
  }

  private void fireFilled() {
    for (Filled candidate : filled) {
      ActiveWindow window = candidate.window;
      window.queued = false;
      if (window.mergedInto == null && isReady(window)) {
        fire(candidate.key, window, false);
      }
    }
    filled.clear();
  }

  /** When something happens to a window next: its end, then its expiry. */
  private long due(ActiveWindow window) {
    return window.ended ? rules.expiry(window.end) : window.end;
  }

  private void lookAt(KeyWindows key, long time) {
    if (time < key.nextLook) {
      key.nextLook = time;
      looks.add(new Look(time, key));
    }
  }

  // ---- Time --------------------------------------------------------------------------------

  @Override
  boolean fire(long newWatermark, Slice share) {
    watermark = newWatermark;
    for (Look look = looks.peek(); look != null && look.time < newWatermark; look = looks.peek()) {
      if (share.isUsedUp()) {
        return false;
      }
      looks.remove();
      KeyWindows key = look.key;
      if (look.time == key.nextLook) {
        key.nextLook = NEVER;
        fireNext(key);
        share.spend();
      }
    }
    return true;
  }

  /** Does to a key's windows what is due first, if anything is, and says when to look again. */
  private void fireNext(KeyWindows key) {
    ActiveWindows windows = key.windows;
    int next = earliest(windows);
    ActiveWindow window = windows.get(next);
    if (due(window) < watermark) {
      if (window.ended || rules.expiry(window.end) < watermark) {
        fire(key, window, true);
        windows.remove(next);
      } else {
        end(key, window);
      }
    }
    if (windows.size() == 0) {
      table.remove(key);
    } else {
      lookAt(key, due(windows.get(earliest(windows))));
    }
  }

  private int earliest(ActiveWindows windows) {
    int earliest = 0;
    for (int i = 1; i < windows.size(); i++) {
      if (due(windows.get(i)) < due(windows.get(earliest))) {
        earliest = i;
      }
    }
    return earliest;
  }

  /** The watermark has passed a window that stays for late data. */
  private void end(KeyWindows key, ActiveWindow window) {
    window.ended = true;
    if (!rules.firesByCount()) {
      fire(key, window, false);
    } else if (window.count > 0) {
      window.held = true;
      held.add(new Held(window.end, window));
    }
  }

  /** Fires a pane, if there is something to be said. */
  private void fire(KeyWindows key, ActiveWindow window, boolean last) {
    Timing timing = timing(window);
    boolean wanted =
        window.count > 0
            || (timing == Timing.ON_TIME && rules.emptyOnTime())
            || (last && rules.emptyClosing());
    if (wanted) {
      int index = window.firings++;
      int nonSpeculative = timing == Timing.EARLY ? -1 : window.firingsSinceEnd++;
      emit(
          keys.decode(key.key()),
          reduction.output(window.aggregate),
          Instant.ofEpochMilli(window.end),
          window.window(),
          PaneInfo.createPane(index == 0, last, timing, index, nonSpeculative));
    }
    window.count = 0;
    window.held = false;
    if (rules.discarding()) {
      window.aggregate = Reduction.ABSENT;
    }
  }

  /** Only one pane can be on time, and only if the output watermark has not gone by. */
  private Timing timing(ActiveWindow window) {
    if (window.firingsSinceEnd > 0 || window.end < context().outputWatermark()) {
      return Timing.LATE;
    }
    return window.end < watermark ? Timing.ON_TIME : Timing.EARLY;
  }

  /**
   * The next look is never after the end of a window that has not ended; those that have ended, and
   * wait for more elements before they fire, hold the watermark at their end.
   */
  @Override
  public long hold() {
    Held first = held.peek();
    while (first != null && !first.counts()) {
      held.remove();
      first = held.peek();
    }
    Look next = looks.peek();
    return Math.min(first == null ? NEVER : first.end, next == null ? NEVER : next.time);
  }
}
