package dev.trestle.state.table;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map table of a {@link HeapStateBackend}: each cell has a hash map. */
final class HeapMapTable<S, V extends @Nullable Object> implements KeyedMapTable<S, V> {

  private final KeyedTable<Map<S, V>> maps;

  HeapMapTable(KeyedTable<Map<S, V>> maps) {
    this.maps = maps;
  }

  @Override
  public @Nullable V get(Object namespace, S subKey) {
    Map<S, V> map = maps.get(namespace);
    return map == null ? null : map.get(subKey);
  }

  @Override
  public boolean contains(Object namespace, S subKey) {
    Map<S, V> map = maps.get(namespace);
    return map != null && map.containsKey(subKey);
  }

  @Override
  public void put(Object namespace, S subKey, V value) {
    Map<S, V> map = maps.get(namespace);
    if (map == null) {
      map = new HashMap<>();
      maps.put(namespace, map);
    }
    map.put(subKey, value);
  }

  @Override
  public void remove(Object namespace, S subKey) {
    Map<S, V> map = maps.get(namespace);
    if (map != null) {
      map.remove(subKey);
      if (map.isEmpty()) {
        maps.remove(namespace);
      }
    }
  }

  @Override
  public boolean isEmpty(Object namespace) {
    return maps.get(namespace) == null;
  }

  @Override
  public List<Map.Entry<S, V>> entries(Object namespace) {
    Map<S, V> map = maps.get(namespace);
    if (map == null) {
      return List.of();
    }
    List<Map.Entry<S, V>> entries = new ArrayList<>(map.size());
    map.forEach((subKey, value) -> entries.add(new SimpleImmutableEntry<>(subKey, value)));
    return entries;
  }

  @Override
  public void clear(Object namespace) {
    maps.remove(namespace);
  }
}
