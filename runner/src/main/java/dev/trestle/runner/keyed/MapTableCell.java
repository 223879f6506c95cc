package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedMapTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.State;
import org.jspecify.annotations.Nullable;

/** A state object over a map table: its entries are reached one by one. */
abstract class MapTableCell<K, V extends @Nullable Object> implements State {

  final KeyedMapTable<Object, V> table;
  final SubKeys<K> keys;
  final Object namespace;

  MapTableCell(KeyedMapTable<Object, V> table, SubKeys<K> keys, Object namespace) {
    this.table = table;
    this.keys = keys;
    this.namespace = namespace;
  }

  public final void remove(K key) {
    table.remove(namespace, keys.wrap(key));
  }

  public final ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> table.isEmpty(namespace));
  }

  /** The keys as they are now. */
  final List<K> readKeys() {
    List<Map.Entry<Object, V>> entries = table.entries(namespace);
    List<K> read = new ArrayList<>(entries.size());
    entries.forEach(entry -> read.add(keys.unwrap(entry.getKey())));
    return read;
  }

  final boolean has(K key) {
    return table.contains(namespace, keys.wrap(key));
  }

  @Override
  public final void clear() {
    table.clear(namespace);
  }

  /** As in {@link TableCell}: two objects for one cell are equal. */
  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof MapTableCell<?, ?> that
        && table.equals(that.table)
        && namespace.equals(that.namespace);
  }

  @Override
  public final int hashCode() {
    return namespace.hashCode();
  }
}
