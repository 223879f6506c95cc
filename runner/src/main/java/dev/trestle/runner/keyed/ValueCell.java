package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import org.apache.beam.sdk.state.ValueState;
import org.jspecify.annotations.Nullable;

/** A single value. Writing null is clearing. */
final class ValueCell<T> implements ValueState<T> {

  private final KeyedTable<T> table;
  private final Object namespace;

  ValueCell(KeyedTable<T> table, Object namespace) {
    this.table = table;
    this.namespace = namespace;
  }

  @Override
  public @Nullable T read() {
    return table.get(namespace);
  }

  @Override
  public void write(@Nullable T value) {
    if (value == null) {
      table.remove(namespace);
    } else {
      table.put(namespace, value);
    }
  }

  @Override
  public void clear() {
    table.remove(namespace);
  }

  @Override
  public ValueState<T> readLater() {
    return this;
  }
}
