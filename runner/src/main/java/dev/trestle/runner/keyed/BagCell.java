package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import java.util.List;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/** A bag, in the order of insertion. */
final class BagCell<T> implements BagState<T> {

  private final KeyedTable<GrowingList<T>> table;
  private final Object namespace;

  BagCell(KeyedTable<GrowingList<T>> table, Object namespace) {
    this.table = table;
    this.namespace = namespace;
  }

  @Override
  public void add(T value) {
    GrowingList<T> items = table.get(namespace);
    if (items == null) {
      items = new GrowingList<>();
    }
    items.add(value);
    table.put(namespace, items);
  }

  @Override
  public Iterable<T> read() {
    GrowingList<T> items = table.get(namespace);
    return items == null ? List.of() : items.soFar();
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> table.get(namespace) == null);
  }

  @Override
  public void clear() {
    table.remove(namespace);
  }

  @Override
  public BagState<T> readLater() {
    return this;
  }

  /**
   * Two objects for one cell are equal: Beam's merging of windows asks whether a source is the
   * result, and clears it otherwise.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BagCell<?> that
        && table.equals(that.table)
        && namespace.equals(that.namespace);
  }

  @Override
  public int hashCode() {
    return namespace.hashCode();
  }
}
