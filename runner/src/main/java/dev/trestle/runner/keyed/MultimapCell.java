package dev.trestle.runner.keyed;

import dev.trestle.state.table.GrowingList;
import dev.trestle.state.table.KeyedMapTable;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.ReadableState;

/** A multimap: lists in a map table. */
final class MultimapCell<K, V> extends MapTableCell<K, GrowingList<V>>
    implements MultimapState<K, V> {

  MultimapCell(KeyedMapTable<Object, GrowingList<V>> table, SubKeys<K> keys, Object namespace) {
    super(table, keys, namespace);
  }

  @Override
  public void put(K key, V value) {
    Object subKey = keys.wrap(key);
    GrowingList<V> values = table.get(namespace, subKey);
    if (values == null) {
      values = new GrowingList<>();
    }
    values.add(value);
    table.put(namespace, subKey, values);
  }

  @Override
  public ReadableState<Iterable<V>> get(K key) {
    return new Deferred<>(
        () -> {
          GrowingList<V> values = table.get(namespace, keys.wrap(key));
          return values == null ? List.of() : values.soFar();
        });
  }

  @Override
  public ReadableState<Iterable<K>> keys() {
    return new Deferred<>(this::readKeys);
  }

  @Override
  public ReadableState<Iterable<Map.Entry<K, V>>> entries() {
    return new Deferred<>(
        () -> {
          List<Map.Entry<K, V>> read = new ArrayList<>();
          for (Map.Entry<Object, GrowingList<V>> entry : table.entries(namespace)) {
            K key = keys.unwrap(entry.getKey());
            for (V value : entry.getValue().soFar()) {
              read.add(new SimpleImmutableEntry<>(key, value));
            }
          }
          return read;
        });
  }

  @Override
  public ReadableState<Boolean> containsKey(K key) {
    return new Deferred<>(() -> has(key));
  }
}
