package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import dev.trestle.state.timer.HoldTracker;
import java.util.ArrayList;
import java.util.List;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Keeps the tracker of holds in step with the tables that hold them. */
final class WatermarkHolds {

  private static final String PREFIX = "h:";

  private final HoldTracker tracker;
  private final List<KeyedTable<Instant>> tables = new ArrayList<>();

  WatermarkHolds(HoldTracker tracker) {
    this.tracker = tracker;
  }

  /** The name of a table of holds: what is restored under such a name holds the watermark again. */
  static String tableName(String cell) {
    return PREFIX + cell;
  }

  static boolean isHold(String tableName) {
    return tableName.startsWith(PREFIX);
  }

  void register(KeyedTable<Instant> table) {
    tables.add(table);
  }

  /** Says that a hold of the current key was changed. */
  void changed(@Nullable Instant before, @Nullable Instant now) {
    if (before != null) {
      tracker.remove(before.getMillis());
    }
    if (now != null) {
      tracker.add(now.getMillis());
    }
  }

  /** Removes the current key's holds in a namespace. */
  void clear(Object namespace) {
    for (int i = 0; i < tables.size(); i++) {
      clear(tables.get(i), namespace);
    }
  }

  void clear(KeyedTable<Instant> table, Object namespace) {
    Instant hold = table.get(namespace);
    if (hold != null) {
      table.remove(namespace);
      changed(hold, null);
    }
  }
}
