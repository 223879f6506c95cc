package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.State;
import org.jspecify.annotations.Nullable;

/** A state object over a table of one value for each key and namespace. */
abstract class TableCell<V> implements State {

  final KeyedTable<V> table;
  final Object namespace;

  TableCell(KeyedTable<V> table, Object namespace) {
    this.table = table;
    this.namespace = namespace;
  }

  public final ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> table.get(namespace) == null);
  }

  @Override
  public void clear() {
    table.remove(namespace);
  }

  /**
   * Two objects for one cell are equal: Beam's merging of windows asks whether a source is the
   * result, and clears it otherwise.
   */
  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof TableCell<?> that
        && table.equals(that.table)
        && namespace.equals(that.namespace);
  }

  @Override
  public final int hashCode() {
    return namespace.hashCode();
  }
}
