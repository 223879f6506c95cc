package dev.trestle.state.table;

import java.util.List;

/** A list table of a {@link HeapStateBackend}. */
final class HeapListTable<T> implements KeyedListTable<T> {

  private final KeyedTable<GrowingList<T>> lists;

  HeapListTable(KeyedTable<GrowingList<T>> lists) {
    this.lists = lists;
  }

  @Override
  public void add(Object namespace, T element) {
    GrowingList<T> list = lists.get(namespace);
    if (list == null) {
      list = new GrowingList<>();
      lists.put(namespace, list);
    }
    list.add(element);
  }

  @Override
  public List<T> read(Object namespace) {
    GrowingList<T> list = lists.get(namespace);
    return list == null ? List.of() : list.soFar();
  }

  @Override
  public boolean isEmpty(Object namespace) {
    return lists.get(namespace) == null;
  }

  @Override
  public void remove(Object namespace) {
    lists.remove(namespace);
  }
}
