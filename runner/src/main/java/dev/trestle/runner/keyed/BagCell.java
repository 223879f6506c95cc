package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedListTable;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/** A bag, in the order of insertion. */
final class BagCell<T> implements BagState<T> {

  private final KeyedListTable<T> table;
  private final Object namespace;

  BagCell(KeyedListTable<T> table, Object namespace) {
    this.table = table;
    this.namespace = namespace;
  }

  @Override
  public void add(T value) {
    table.add(namespace, value);
  }

  @Override
  public Iterable<T> read() {
    return table.read(namespace);
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> table.isEmpty(namespace));
  }

  @Override
  public void clear() {
    table.remove(namespace);
  }

  @Override
  public BagState<T> readLater() {
    return this;
  }

  /** As in {@link TableCell}: two objects for one cell are equal. */
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
