package dev.trestle.state.rocks;

import dev.trestle.state.table.KeyedMapTable;
import dev.trestle.state.table.MapTableDescriptor;
import dev.trestle.state.table.Serializer;
import java.io.IOException;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A table of maps. Each entry is a row of its own; the cell says only how many such rows there are
 * at most, which is 0 in a map that has never left the cache.
 */
final class RocksMapTable<S, V extends @Nullable Object> extends Column
    implements KeyedMapTable<S, V> {

  /** Entries up to which a map is deleted row by row, and read ahead as a whole. */
  private static final int SMALL = 16;

  private static final int READ_AHEAD = 1024;
  private static final int ENTRY_BYTES = 96;

  private final Serializer<S> subKeys;
  private final Serializer<V> values;
  private final RowOutput key = new RowOutput();
  private final RowOutput value = new RowOutput();

  RocksMapTable(RocksStateBackend backend, int index, int id, MapTableDescriptor<S, V> descriptor) {
    super(backend, descriptor.name(), index, id);
    subKeys = descriptor.subKeys();
    values = descriptor.values();
  }

  private @Nullable CachedMap<S, V> map(Row row) {
    Object cell = row.cell(index);
    return cell == null ? null : decode(row, cell);
  }

  @SuppressWarnings("unchecked") // only this class sets cells of this column
  private CachedMap<S, V> decode(Row row, Object cell) {
    if (!(cell instanceof EncodedCell encoded)) {
      return (CachedMap<S, V>) cell;
    }
    RowInput input = new RowInput();
    input.at(encoded.bytes(), encoded.start(), encoded.length());
    try {
      CachedMap<S, V> map = new CachedMap<>(input.readVarInt());
      row.set(index, map);
      return map;
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** The entry of a sub-key, read if need be; null where it is known that there is none. */
  private CachedMap.@Nullable Entry<V> entry(Row row, CachedMap<S, V> map, S subKey) {
    CachedMap.Entry<V> entry = map.get(subKey);
    return entry != null || map.isComplete() ? entry : read(row, map, subKey);
  }

  private CachedMap.Entry<V> read(Row row, CachedMap<S, V> map, S subKey) {
    backend.store().commit();
    entryKey(row, subKey);
    byte[] found = backend.store().database().get(key);
    CachedMap.Entry<V> entry = found == null ? CachedMap.Entry.absent() : decodeEntry(found);
    map.add(subKey, entry);
    backend.store().cache().chargeExtra(row, key.size() + entrySize(found));
    return entry;
  }

  private static long entrySize(byte @Nullable [] found) {
    return ENTRY_BYTES + (found == null ? 0 : 2L * found.length);
  }

  private CachedMap.Entry<V> decodeEntry(byte[] found) {
    try {
      RowCodec.checkVersion(found[0]);
      return CachedMap.Entry.stored(
          found[1] == 0
              ? nothing()
              : values.read(backend.store().input(new EncodedCell(found, 2, found.length - 2))));
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  @SuppressWarnings({"TypeParameterUnusedInFormals", "NullAway"}) // was put as null, so V has it
  private V nothing() {
    return null;
  }

  private void entryKey(Row row, S subKey) {
    backend.keys().write(row, id, key);
    try {
      subKeys.write(subKey, key);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  @Override
  public @Nullable V get(Object namespace, S subKey) {
    Row row = backend.row(namespace);
    CachedMap<S, V> map = map(row);
    CachedMap.Entry<V> entry = map == null ? null : entry(row, map, subKey);
    return entry == null || !entry.isPresent() ? null : entry.value();
  }

  @Override
  public boolean contains(Object namespace, S subKey) {
    Row row = backend.row(namespace);
    CachedMap<S, V> map = map(row);
    CachedMap.Entry<V> entry = map == null ? null : entry(row, map, subKey);
    return entry != null && entry.isPresent();
  }

  @Override
  public void put(Object namespace, S subKey, V newValue) {
    backend.store().makeRoom();
    Row row = backend.row(namespace);
    CachedMap<S, V> map = map(row);
    if (map == null) {
      map = new CachedMap<>(0);
      row.set(index, map);
    }
    if (map.put(subKey, newValue)) {
      backend.store().cache().chargeExtra(row, ENTRY_BYTES + 2L * sizeOf(subKey, newValue));
    }
    row.dirty = true;
  }

  private int sizeOf(S subKey, V newValue) {
    if (sizes.wantsSample()) {
      int ofValue = newValue == null ? 0 : encodedSize(newValue, values);
      sizes.add(encodedSize(subKey, subKeys) + ofValue);
    }
    return sizes.usual();
  }

  @Override
  public void remove(Object namespace, S subKey) {
    backend.store().makeRoom();
    Row row = backend.row(namespace);
    CachedMap<S, V> map = map(row);
    if (map == null) {
      return;
    }
    if (map.stored() <= SMALL) {
      entry(row, map, subKey); // so that it shows when the map becomes empty
    }
    if (map.remove(subKey)) {
      long freed = Math.min(row.extraBytes, ENTRY_BYTES + 2L * sizes.usual());
      backend.store().cache().chargeExtra(row, -freed);
    }
    row.dirty = true;
    if (map.isComplete() && map.stored() == 0 && !map.hasPresent()) {
      row.set(index, null);
    }
  }

  @Override
  public boolean isEmpty(Object namespace) {
    Row row = backend.row(namespace);
    CachedMap<S, V> map = map(row);
    if (map == null || map.hasPresent()) {
      return map == null;
    }
    boolean[] found = {false};
    if (!map.isComplete()) {
      scan(
          row,
          (subKey, stored) -> {
            found[0] = map.get(subKey) == null;
            return !found[0];
          });
    }
    return !found[0];
  }

  @Override
  public List<Map.Entry<S, V>> entries(Object namespace) {
    Row row = backend.row(namespace);
    CachedMap<S, V> map = map(row);
    List<Map.Entry<S, V>> entries = new ArrayList<>();
    if (map == null) {
      return entries;
    }
    if (!map.isComplete()) {
      boolean keep = map.stored() <= READ_AHEAD;
      scan(
          row,
          (subKey, stored) -> {
            if (map.get(subKey) == null) {
              CachedMap.Entry<V> entry = decodeEntry(stored);
              if (keep) {
                map.add(subKey, entry);
                backend.store().cache().chargeExtra(row, entrySize(stored));
              } else {
                entries.add(new SimpleImmutableEntry<>(subKey, entry.value()));
              }
            }
            return true;
          });
      if (keep) {
        map.becomeComplete();
      }
    }
    map.addPresent(entries);
    return entries;
  }

  /** Hands out what is stored of a map, until {@code visitor} answers false. */
  private void scan(Row row, BiPredicate<S, byte[]> visitor) {
    backend.store().commit();
    backend.keys().write(row, id, key);
    byte[] prefix = key.copy();
    backend
        .store()
        .database()
        .scan(
            prefix,
            (found, content) ->
                startsWith(found, prefix)
                    && visitor.test(decodeSubKey(found, prefix.length), content));
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private S decodeSubKey(byte[] found, int start) {
    try {
      return subKeys.read(
          backend.store().input(new EncodedCell(found, start, found.length - start)));
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  @Override
  public void clear(Object namespace) {
    dropCell(namespace);
  }

  @Override
  @SuppressWarnings("unchecked") // only this class sets cells of this column
  boolean encode(Row row, Object cell, RowOutput out) {
    CachedMap<S, V> map = (CachedMap<S, V>) cell;
    map.flush(
        (subKey, entry) -> {
          entryKey(row, subKey);
          if (entry.isPresent()) {
            encodeEntry(entry.value());
            sizes.add(key.size() + value.size());
            backend.store().batch().put(key, value);
          } else {
            backend.store().batch().delete(key);
          }
        });
    if (map.stored() == 0) {
      return false;
    }
    out.writeVarInt(map.stored());
    return true;
  }

  private void encodeEntry(V content) {
    value.truncate(0);
    value.write(RowCodec.VERSION);
    value.write(content == null ? 0 : 1);
    try {
      if (content != null) {
        values.write(content, value);
      }
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  @Override
  void dropOwnRows(Row row, Object cell) {
    CachedMap<S, V> map = decode(row, cell);
    RowBatch batch = backend.store().batch();
    if (map.stored() > SMALL) {
      backend.keys().write(row, id, key);
      batch.deletePrefix(key);
    } else if (map.stored() > 0) {
      List<S> stored = new ArrayList<>();
      scan(row, (subKey, content) -> stored.add(subKey));
      for (S subKey : stored) {
        entryKey(row, subKey);
        batch.delete(key);
      }
    }
  }
}
