package dev.trestle.runner.keyed;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTable;
import dev.trestle.state.timer.HoldTracker;
import java.util.ArrayList;
import java.util.List;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Holds in state cells: the cells of each key in tables, and all of them together, on the heap, in
 * the operator's tracker and by key group for checkpoints.
 */
final class WatermarkHolds {

  private final KeyedStateBackend backend;
  private final KeyGroupRange keyGroups;
  private final HoldTracker all;
  private final @Nullable HoldTracker[] byKeyGroup;
  private final List<KeyedTable<Instant>> tables = new ArrayList<>();

  /**
   * No holds.
   *
   * @param all takes them, beside other holds
   */
  WatermarkHolds(KeyedStateBackend backend, KeyGroupRange keyGroups, HoldTracker all) {
    this.backend = backend;
    this.keyGroups = keyGroups;
    this.all = all;
    byKeyGroup = new @Nullable HoldTracker[keyGroups.size()];
  }

  void register(KeyedTable<Instant> table) {
    tables.add(table);
  }

  /** Says that a hold of the current key was changed. */
  void changed(@Nullable Instant before, @Nullable Instant now) {
    HoldTracker group = group(backend.keyGroup());
    if (before != null) {
      all.remove(before.getMillis());
      group.remove(before.getMillis());
    }
    if (now != null) {
      all.add(now.getMillis());
      group.add(now.getMillis());
    }
  }

  private HoldTracker group(int keyGroup) {
    int index = keyGroup - keyGroups.first();
    HoldTracker group = byKeyGroup[index];
    if (group == null) {
      group = new HoldTracker();
      byKeyGroup[index] = group;
    }
    return group;
  }

  /** The times of all holds of a key group, in no particular order. */
  long[] ofKeyGroup(int keyGroup) {
    HoldTracker group = byKeyGroup[keyGroup - keyGroups.first()];
    return group == null ? new long[0] : group.times();
  }

  /** Takes back a hold that a restored cell has. */
  void restore(int keyGroup, long time) {
    all.add(time);
    group(keyGroup).add(time);
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
