package dev.trestle.state.rocks;

import dev.trestle.state.ByteKey;
import dev.trestle.state.table.KeyedListTable;
import dev.trestle.state.table.KeyedMapTable;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTable;
import dev.trestle.state.table.ListTableDescriptor;
import dev.trestle.state.table.MapTableDescriptor;
import dev.trestle.state.table.TableDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one operator in a {@link RocksStore}: finds, in the cache or below it, the row
 * of the current key in a namespace. Rows that are found stay until the next call that may make
 * room, which every writing call does first.
 */
final class RocksStateBackend implements KeyedStateBackend {

  private static final int MOST_ANNOUNCED = 1024;
  private static final int OTHER_KEY_BYTES = 48;

  private final RocksStore store;
  private final RowKeys keys;
  private final RowCodec codec = new RowCodec(this);
  private final RowTable rows = new RowTable();
  private final List<Row> announced = new ArrayList<>();

  /** By index; null where rows have cells of a column that nobody has asked for yet. */
  private final List<@Nullable Column> columns = new ArrayList<>();

  private final List<Integer> ids = new ArrayList<>();
  private boolean ownRows;

  private @Nullable Object key;

  /** Whether the current key is an object that does not change. */
  private boolean keyIsKept;

  private int keyGroup;

  /** The row found last for the current key; null where another one has to be looked for. */
  private @Nullable Row lastRow;

  private @Nullable Object lastNamespace;

  RocksStateBackend(RocksStore store, RowKeys keys) {
    this.store = store;
    this.keys = keys;
    ownRows = store.isRestored();
  }

  RocksStore store() {
    return store;
  }

  RowKeys keys() {
    return keys;
  }

  // ---- Keys --------------------------------------------------------------------------------

  @Override
  public boolean setKey(Object newKey, int newKeyGroup) {
    Object old = key;
    if (old != null && keyIsKept && (old == newKey || old.equals(newKey))) {
      return false;
    }
    store.check(newKeyGroup);
    key = newKey;
    keyIsKept = !(newKey instanceof ByteKey);
    keyGroup = newKeyGroup;
    dropLastIfEmpty();
    forgetLast();
    return true;
  }

  /**
   * A row that has lost its last cell, and that the database never had, need not be remembered; one
   * that was looked for in vain saves another look, if there is a database.
   */
  private void dropLastIfEmpty() {
    Row last = lastRow;
    if (last != null && !last.stored && (last.dirty || !store.hasDatabase()) && last.isEmpty()) {
      rows.remove(last);
      store.cache().remove(last);
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

  // ---- Rows --------------------------------------------------------------------------------

  /** The current key's row in a namespace; without cells if there is nothing. */
  Row row(Object namespace) {
    Row last = lastRow;
    if (last != null && namespace == lastNamespace) {
      return last;
    }
    Object current = key();
    int hash = RowTable.hash(current, namespace);
    Row row = rows.find(current, namespace, hash);
    if (row == null) {
      row = read(current, namespace, hash);
    } else {
      if (row.pending) {
        fetchAnnounced();
      }
      row.touch();
    }
    return remember(row, namespace);
  }

  private Row remember(Row row, Object namespace) {
    if (row != lastRow) {
      dropLastIfEmpty();
    }
    key = row.key;
    keyIsKept = true;
    lastRow = row;
    lastNamespace = namespace;
    return row;
  }

  private void forgetLast() {
    lastRow = null;
    lastNamespace = null;
  }

  private Row newRow(Object of, Object namespace, int hash, int group) {
    Object kept = of instanceof ByteKey bytes && !(of == key && keyIsKept) ? bytes.copy() : of;
    Row row = new Row(this, kept, namespace, hash, group, columns.size());
    row.bytes =
        (long) RowCache.ROW_BYTES
            + (kept instanceof ByteKey bytes ? bytes.length() : OTHER_KEY_BYTES);
    return row;
  }

  private Row read(Object current, Object namespace, int hash) {
    store.makeRoom();
    Row row = newRow(current, namespace, hash, keyGroup);
    fill(row, store.read(row));
    rows.add(row);
    store.cache().add(row);
    return row;
  }

  /** Makes a row what is stored of it. */
  void fill(Row row, byte @Nullable [] value) {
    if (value != null) {
      row.stored = true;
      row.bytes += 2L * value.length;
      codec.decode(row, value);
    }
    row.pending = false;
  }

  /** Writes a row's value; false if there is nothing to store. */
  boolean encode(Row row, RowOutput out) {
    return codec.encode(row, columns, out);
  }

  /** Takes a row out of the table of those in memory. */
  void forget(Row row) {
    rows.remove(row);
    if (row == lastRow) {
      forgetLast();
    }
  }

  @Override
  public boolean readsAhead() {
    return store.hasDatabase();
  }

  @Override
  public void announce(Object announcedKey, int itsKeyGroup, Object namespace) {
    int hash = RowTable.hash(announcedKey, namespace);
    Row row = rows.find(announcedKey, namespace, hash);
    if (row == null) {
      store.check(itsKeyGroup);
      row = newRow(announcedKey, namespace, hash, itsKeyGroup);
      row.pending = true;
      row.fresh = true;
      rows.add(row);
      announced.add(row);
      if (announced.size() >= MOST_ANNOUNCED) {
        fetchAnnounced();
      }
    }
  }

  @Override
  public void fetchAnnounced() {
    if (!announced.isEmpty()) {
      store.makeRoom();
      store.readAll(announced);
      for (int i = 0; i < announced.size(); i++) {
        store.cache().add(announced.get(i));
      }
      announced.clear();
    }
  }

  /** Does not read a row that is not in memory, unless that may have rows of its own. */
  @Override
  public void clearNamespace(Object namespace) {
    Row row = known(namespace);
    if (row == null) {
      row = ownRows ? row(namespace) : unread(namespace);
    }
    for (int i = 0; i < row.columns(); i++) {
      Object cell = row.cell(i);
      Column column = columns.get(i);
      if (cell != null && column != null) {
        column.dropOwnRows(row, cell);
      }
      row.set(i, null);
    }
    store.cache().chargeExtra(row, -row.extraBytes);
    if (row.stored) {
      row.dirty = true;
      row.freeze();
    } else {
      forget(row);
      store.cache().remove(row);
    }
  }

  private @Nullable Row known(Object namespace) {
    Row row = lastRow;
    if (row == null || namespace != lastNamespace) {
      Object current = key();
      row = rows.find(current, namespace, RowTable.hash(current, namespace));
    }
    if (row != null && row.pending) {
      fetchAnnounced();
    }
    return row;
  }

  /** A row without cells that may or may not be stored. */
  private Row unread(Object namespace) {
    store.makeRoom();
    Object current = key();
    Row row = newRow(current, namespace, RowTable.hash(current, namespace), keyGroup);
    row.stored = true;
    rows.add(row);
    store.cache().add(row);
    return row;
  }

  // ---- Columns -----------------------------------------------------------------------------

  @Override
  @SuppressWarnings("unchecked") // a name stands for one descriptor
  public <V> KeyedTable<V> table(TableDescriptor<V> descriptor) {
    String name = descriptor.name();
    int index = indexOf(ColumnIds.of(name));
    Column known = known(index, name, RocksTable.class);
    if (known == null) {
      known = new RocksTable<>(this, name, index, ids.get(index), descriptor.values());
      columns.set(index, known);
    }
    return (KeyedTable<V>) known;
  }

  @Override
  @SuppressWarnings("unchecked") // a name stands for one descriptor
  public <S, V extends @Nullable Object> KeyedMapTable<S, V> mapTable(
      MapTableDescriptor<S, V> descriptor) {
    int index = indexOf(ColumnIds.of(descriptor.name()));
    Column known = known(index, descriptor.name(), RocksMapTable.class);
    if (known == null) {
      known = new RocksMapTable<>(this, index, ids.get(index), descriptor);
      columns.set(index, known);
      ownRows = true;
    }
    return (KeyedMapTable<S, V>) known;
  }

  @Override
  @SuppressWarnings("unchecked") // a name stands for one descriptor
  public <T> KeyedListTable<T> listTable(ListTableDescriptor<T> descriptor) {
    int index = indexOf(ColumnIds.of(descriptor.name()));
    Column known = known(index, descriptor.name(), RocksListTable.class);
    if (known == null) {
      known = new RocksListTable<>(this, index, ids.get(index), descriptor);
      columns.set(index, known);
      ownRows = true;
    }
    return (KeyedListTable<T>) known;
  }

  private @Nullable Column known(int index, String name, Class<? extends Column> shape) {
    Column known = columns.get(index);
    if (known != null && !(known.name.equals(name) && shape.isInstance(known))) {
      throw new IllegalArgumentException(
          "Another table has the name " + known.name + " or the number of " + name);
    }
    return known;
  }

  /** Where in rows the cells of a column are. */
  int indexOf(int id) {
    for (int i = 0; i < ids.size(); i++) {
      if (ids.get(i) == id) {
        return i;
      }
    }
    ids.add(id);
    columns.add(null);
    return ids.size() - 1;
  }

  int idOf(int index) {
    return ids.get(index);
  }
}
