package dev.trestle.state.table;

import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state as objects on the heap: key group -> key -> namespace -> values by table number.
 *
 * <p>Making a key current costs one look-up in a hash table, the first access to a namespace
 * another; further accesses in the same namespace cost an array access. A key whose last value is
 * removed goes when another key becomes current, so that a key that is emptied and filled again, as
 * triggers do it, stays.
 */
public final class HeapStateBackend implements KeyedStateBackend {

  private final KeyGroupRange range;
  private final NodeTable<HeapKey>[] groups;

  /** What stands for each name, once it has been asked for. */
  private final Map<String, Object> tables = new HashMap<>();

  /** Every name, asked for or restored; its place is the table's number. */
  private final List<String> names = new ArrayList<>();

  /** By number; null where a name was restored only. */
  private final List<@Nullable HeapTable<?>> byNumber = new ArrayList<>();

  private @Nullable Object key;
  private int keyGroup;

  /** The current key's values; null while there are none. */
  private @Nullable HeapKey current;

  /** What was looked up last for the current key, and the result; both null at first. */
  private @Nullable Object lastNamespace;

  private @Nullable HeapCells lastCells;

  public HeapStateBackend(KeyGroupRange range) {
    this.range = range;
    groups = newGroups(range.size());
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic class
  private static NodeTable<HeapKey>[] newGroups(int count) {
    NodeTable<HeapKey>[] groups = new NodeTable[count];
    for (int i = 0; i < count; i++) {
      groups[i] = new NodeTable<>();
    }
    return groups;
  }

  @Override
  public boolean setKey(Object newKey, int newKeyGroup) {
    HeapKey old = current;
    if (old != null && (old.key() == newKey || old.key().equals(newKey))) {
      return false;
    }
    if (!range.contains(newKeyGroup)) {
      throw new IllegalArgumentException("Key group " + newKeyGroup + " is not in " + range);
    }
    dropIfEmpty();
    keyGroup = newKeyGroup;
    current = group().find(newKey);
    key = current == null ? newKey : current.key();
    lastNamespace = null;
    lastCells = null;
    return true;
  }

  private NodeTable<HeapKey> group() {
    return groups[keyGroup - range.first()];
  }

  private void dropIfEmpty() {
    HeapKey old = current;
    if (old != null && old.namespaces.isEmpty()) {
      group().remove(old);
      key = old.key();
      current = null;
    }
  }

  @Override
  public Object key() {
    if (key == null) {
      throw new IllegalStateException("No key is current");
    }
    return key;
  }

  @Override
  public int keyGroup() {
    return keyGroup;
  }

  @Override
  @SuppressWarnings("unchecked") // a name stands for one descriptor
  public <V> KeyedTable<V> table(TableDescriptor<V> descriptor) {
    Object known = tables.get(descriptor.name());
    if (known == null) {
      known = newTable(descriptor.name(), descriptor.values());
      tables.put(descriptor.name(), known);
    } else if (!(known instanceof HeapTable)) {
      throw new IllegalArgumentException("A map table has the name " + descriptor.name());
    }
    return (KeyedTable<V>) known;
  }

  @Override
  @SuppressWarnings("unchecked") // a name stands for one descriptor
  public <S, V extends @Nullable Object> KeyedMapTable<S, V> mapTable(
      MapTableDescriptor<S, V> descriptor) {
    Object known = tables.get(descriptor.name());
    if (known == null) {
      known =
          new HeapMapTable<S, V>(
              newTable(
                  descriptor.name(),
                  new MapSerializer<>(descriptor.subKeys(), descriptor.values())));
      tables.put(descriptor.name(), known);
    } else if (!(known instanceof HeapMapTable)) {
      throw new IllegalArgumentException("A table of values has the name " + descriptor.name());
    }
    return (KeyedMapTable<S, V>) known;
  }

  private <V> HeapTable<V> newTable(String name, Serializer<V> serializer) {
    int number = number(name);
    HeapTable<V> table = new HeapTable<>(this, number, serializer);
    byNumber.set(number, table);
    return table;
  }

  private int number(String name) {
    int known = names.indexOf(name);
    if (known >= 0) {
      return known;
    }
    names.add(name);
    byNumber.add(null);
    return names.size() - 1;
  }

  @Override
  @SuppressWarnings("unchecked") // a name stands for one descriptor
  public <T> KeyedListTable<T> listTable(ListTableDescriptor<T> descriptor) {
    Object known = tables.get(descriptor.name());
    if (known == null) {
      known =
          new HeapListTable<T>(
              newTable(descriptor.name(), new ListSerializer<>(descriptor.elements())));
      tables.put(descriptor.name(), known);
    } else if (!(known instanceof HeapListTable)) {
      throw new IllegalArgumentException("Another table has the name " + descriptor.name());
    }
    return (KeyedListTable<T>) known;
  }

  /** Everything is in memory. */
  @Override
  public void announce(Object announced, int itsKeyGroup, Object namespace) {}

  @Override
  public void fetchAnnounced() {}

  /** What the current key has in a namespace, or null. */
  @Nullable HeapCells cells(Object namespace) {
    if (namespace == lastNamespace) {
      return lastCells;
    }
    HeapKey holder = current;
    HeapCells cells = holder == null ? null : holder.namespaces.find(namespace);
    lastNamespace = namespace;
    lastCells = cells;
    return cells;
  }

  /** The same, made if need be. */
  HeapCells cellsToWrite(Object namespace) {
    HeapCells cells = cells(namespace);
    if (cells == null) {
      cells = new HeapCells(namespace, names.size());
      holder().namespaces.add(cells);
      lastCells = cells;
    }
    return cells;
  }

  private HeapKey holder() {
    HeapKey holder = current;
    if (holder == null) {
      Object probe = key();
      holder = new HeapKey(probe instanceof ByteKey bytes ? bytes.copy() : probe);
      group().add(holder);
      current = holder;
      key = holder.key();
    }
    return holder;
  }

  void remove(Object namespace, int table) {
    HeapCells cells = cells(namespace);
    if (cells != null) {
      cells.remove(table);
      if (cells.isEmpty()) {
        drop(cells);
      }
    }
  }

  @Override
  public void clearNamespace(Object namespace) {
    HeapCells cells = cells(namespace);
    if (cells != null) {
      drop(cells);
    }
  }

  private void drop(HeapCells cells) {
    holder().namespaces.remove(cells);
    lastCells = null;
  }

  /** Shows every value of a key group, those of a key and namespace one after the other. */
  public void visit(int group, CellVisitor visitor) throws IOException {
    dropIfEmpty();
    List<HeapKey> keys = new ArrayList<>();
    groups[group - range.first()].forEach(keys::add);
    List<HeapCells> namespaces = new ArrayList<>();
    for (HeapKey each : keys) {
      namespaces.clear();
      each.namespaces.forEach(namespaces::add);
      for (HeapCells cells : namespaces) {
        for (int number = 0; number < names.size(); number++) {
          Object value = cells.get(number);
          if (value != null) {
            visitor.cell(each.key(), cells.key(), names.get(number), writer(number, value));
          }
        }
      }
    }
  }

  private CellVisitor.Value writer(int number, Object value) {
    if (value instanceof EncodedCell encoded) {
      return out -> out.write(encoded.bytes());
    }
    HeapTable<?> table = byNumber.get(number);
    if (table == null) {
      throw new IllegalStateException("A value of a table that nobody knows: " + names.get(number));
    }
    return out -> table.write(value, out);
  }

  /**
   * Takes back a value of the current key, as {@link CellVisitor.Value} wrote it. It is decoded
   * when it is asked for.
   */
  public void restore(Object namespace, String table, byte[] value) {
    int number = number(table);
    cellsToWrite(namespace).put(number, new EncodedCell(value));
  }

  /** How many keys have values. */
  public long keyCount() {
    dropIfEmpty();
    long count = 0;
    for (NodeTable<HeapKey> group : groups) {
      count += group.size();
    }
    return count;
  }
}
