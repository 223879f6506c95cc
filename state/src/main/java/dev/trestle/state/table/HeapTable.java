package dev.trestle.state.table;

import org.jspecify.annotations.Nullable;

/** A table of a {@link HeapStateBackend}. */
final class HeapTable<V> implements KeyedTable<V> {

  private final HeapStateBackend backend;
  private final int number;

  HeapTable(HeapStateBackend backend, int number) {
    this.backend = backend;
    this.number = number;
  }

  @Override
  @SuppressWarnings("unchecked") // only put() writes to this table
  public @Nullable V get(Object namespace) {
    HeapCells cells = backend.cells(namespace);
    return cells == null ? null : (V) cells.get(number);
  }

  @Override
  public void put(Object namespace, V value) {
    backend.cellsToWrite(namespace).put(number, value);
  }

  @Override
  public void remove(Object namespace) {
    backend.remove(namespace, number);
  }
}
