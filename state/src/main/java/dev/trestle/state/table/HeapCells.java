package dev.trestle.state.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one key has in one namespace: a value for each table, by the table's number. */
final class HeapCells extends NodeTable.Node {

  private @Nullable Object[] values;
  private int count;

  HeapCells(Object namespace, int tables) {
    super(namespace);
    values = new @Nullable Object[tables];
  }

  @Nullable Object get(int table) {
    return table < values.length ? values[table] : null;
  }

  void put(int table, Object value) {
    if (table >= values.length) {
      values = Arrays.copyOf(values, table + 1);
    }
    if (values[table] == null) {
      count++;
    }
    values[table] = value;
  }

  void remove(int table) {
    if (get(table) != null) {
      values[table] = null;
      count--;
    }
  }

  boolean isEmpty() {
    return count == 0;
  }
}
