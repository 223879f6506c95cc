package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import java.util.List;
import org.apache.beam.sdk.state.BagState;

/** A bag, in the order of insertion. */
final class BagCell<T> extends TableCell<GrowingList<T>> implements BagState<T> {

  BagCell(KeyedTable<GrowingList<T>> table, Object namespace) {
    super(table, namespace);
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
  public BagState<T> readLater() {
    return this;
  }
}
