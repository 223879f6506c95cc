package dev.trestle.state.table;

import org.jspecify.annotations.Nullable;

/**
 * One value for each key and namespace, seen from the backend's current key.
 *
 * <p>A namespace is an object with {@code equals} and {@code hashCode}; a window, mostly. A value
 * that {@link #get} returns may be changed in place if it is {@link #put} again afterwards: that is
 * how a backend learns of the change. Not thread safe.
 */
public interface KeyedTable<V> {

  /** The value, or null where there is none. */
  @Nullable V get(Object namespace);

  void put(Object namespace, V value);

  void remove(Object namespace);
}
