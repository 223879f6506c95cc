package dev.trestle.state.table;

import java.util.List;

/**
 * A list for each key and namespace, seen from the backend's current key. It only grows until it is
 * removed as a whole, so that adding to it costs the same however long it has become. Namespaces
 * are as in {@link KeyedTable}. Not thread safe.
 */
public interface KeyedListTable<T> {

  void add(Object namespace, T element);

  /** The elements up to now, in the order in which they were added; later changes do not show. */
  List<T> read(Object namespace);

  /** Whether there are no elements; does not read them. */
  boolean isEmpty(Object namespace);

  /** Removes all elements. */
  void remove(Object namespace);
}
