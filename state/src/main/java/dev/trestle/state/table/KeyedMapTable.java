package dev.trestle.state.table;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map for each key and namespace, seen from the backend's current key, of which one entry can be
 * reached without the others. Sub-keys have {@code equals} and {@code hashCode}. Namespaces and
 * values changed in place are as in {@link KeyedTable}. Not thread safe.
 */
public interface KeyedMapTable<S, V extends @Nullable Object> {

  /** The value; null where there is none, or where it is null. */
  @Nullable V get(Object namespace, S subKey);

  boolean contains(Object namespace, S subKey);

  void put(Object namespace, S subKey, V value);

  void remove(Object namespace, S subKey);

  boolean isEmpty(Object namespace);

  /** The entries as they are now, in no particular order; later changes do not show. */
  List<Map.Entry<S, V>> entries(Object namespace);

  /** Removes all entries. */
  void clear(Object namespace);
}
