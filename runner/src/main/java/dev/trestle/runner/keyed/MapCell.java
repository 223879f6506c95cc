package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedMapTable;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.jspecify.annotations.Nullable;

/** A map. */
final class MapCell<K, V extends @Nullable Object> extends MapTableCell<K, V>
    implements MapState<K, V> {

  MapCell(KeyedMapTable<Object, V> table, SubKeys<K> keys, Object namespace) {
    super(table, keys, namespace);
  }

  @Override
  public void put(K key, V value) {
    table.put(namespace, keys.wrap(key), value);
  }

  /** Computes at once; the result is what was there before: null where a value was computed. */
  @Override
  public ReadableState<V> computeIfAbsent(K key, Function<? super K, ? extends V> mappingFunction) {
    Object subKey = keys.wrap(key);
    V before = table.get(namespace, subKey);
    if (before == null) {
      table.put(namespace, subKey, mappingFunction.apply(key));
    }
    return ReadableStates.immediate(before);
  }

  @Override
  public ReadableState<V> get(K key) {
    return new Deferred<>(() -> table.get(namespace, keys.wrap(key)));
  }

  @Override
  public ReadableState<V> getOrDefault(K key, @Nullable V defaultValue) {
    return new Deferred<>(
        () -> {
          Object subKey = keys.wrap(key);
          V value = table.get(namespace, subKey);
          return value != null || table.contains(namespace, subKey) ? value : defaultValue;
        });
  }

  @Override
  public ReadableState<Iterable<K>> keys() {
    return new Deferred<>(this::readKeys);
  }

  @Override
  public ReadableState<Iterable<V>> values() {
    return entries((key, value) -> value);
  }

  @Override
  public ReadableState<Iterable<Map.Entry<K, V>>> entries() {
    return entries(SimpleImmutableEntry::new);
  }

  private <R> ReadableState<Iterable<R>> entries(BiFunction<K, V, R> part) {
    return new Deferred<>(
        () -> {
          List<Map.Entry<Object, V>> entries = table.entries(namespace);
          List<R> read = new ArrayList<>(entries.size());
          entries.forEach(e -> read.add(part.apply(keys.unwrap(e.getKey()), e.getValue())));
          return read;
        });
  }
}
