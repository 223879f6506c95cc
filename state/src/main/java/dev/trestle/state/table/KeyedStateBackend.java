package dev.trestle.state.table;

import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one operator in one task. A key is made current; tables then speak of that
 * key. A key is an object with {@code equals} and {@code hashCode}, often a {@link
 * dev.trestle.state.ByteKey}. A key without values takes no room. Not thread safe.
 */
public interface KeyedStateBackend {

  /**
   * Makes a key current. A {@code ByteKey} may be a probe: it is copied if it has to be kept, and
   * must not change while it is current.
   *
   * @return false if the key is known to have been current before
   * @throws IllegalArgumentException if the key group is not one of this backend's
   */
  boolean setKey(Object key, int keyGroup);

  /**
   * The current key.
   *
   * @throws IllegalStateException if there is none yet
   */
  Object key();

  /** The current key's group. */
  int keyGroup();

  /**
   * The table of this name, new or known.
   *
   * @throws IllegalArgumentException if a map table has this name
   */
  <V> KeyedTable<V> table(TableDescriptor<V> descriptor);

  /**
   * The map table of this name, new or known.
   *
   * @throws IllegalArgumentException if a table of another shape has this name
   */
  <S, V extends @Nullable Object> KeyedMapTable<S, V> mapTable(MapTableDescriptor<S, V> descriptor);

  /**
   * The list table of this name, new or known.
   *
   * @throws IllegalArgumentException if a table of another shape has this name
   */
  <T> KeyedListTable<T> listTable(ListTableDescriptor<T> descriptor);

  /** Removes what all tables have for the current key in a namespace. */
  void clearNamespace(Object namespace);

  /** Whether it pays to {@link #announce} keys: not as long as everything is in memory. */
  boolean readsAhead();

  /**
   * Says that a key will soon be looked at in a namespace, so that it can be read together with
   * others. The key may be a probe, as in {@link #setKey}; the current key stays what it is.
   */
  void announce(Object key, int keyGroup, Object namespace);

  /** Reads what has been announced and is not in memory. Nothing depends on this but speed. */
  void fetchAnnounced();
}
