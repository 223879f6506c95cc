package dev.trestle.state.rocks;

import dev.trestle.state.table.KeyedTable;
import dev.trestle.state.table.Serializer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A table of values: a cell is the value. */
final class RocksTable<V> extends Column implements KeyedTable<V> {

  private static final int FIRST_REMEASURED_PUT = 16;

  private final Serializer<V> values;

  RocksTable(RocksStateBackend backend, String name, int index, int id, Serializer<V> values) {
    super(backend, name, index, id);
    this.values = values;
  }

  @Override
  public @Nullable V get(Object namespace) {
    Row row = backend.row(namespace);
    Object cell = row.cell(index);
    return cell instanceof EncodedCell encoded ? decode(row, encoded) : cast(cell);
  }

  private V decode(Row row, EncodedCell encoded) {
    try {
      V value = values.read(backend.store().input(encoded));
      row.set(index, value);
      return value;
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  @SuppressWarnings("unchecked") // only decode() and put() set cells of this column
  private @Nullable V cast(@Nullable Object cell) {
    return (V) cell;
  }

  @Override
  public void put(Object namespace, V value) {
    backend.store().makeRoom();
    Row row = backend.row(namespace);
    if (row.cell(index) == null) {
      backend.store().cache().charge(row, 2L * sizeOf(value, values));
    }
    row.set(index, value);
    row.dirty = true;
    int puts = ++row.puts;
    if (puts >= FIRST_REMEASURED_PUT && (puts & (puts - 1)) == 0) {
      remeasure(row, value);
    }
  }

  /**
   * A value may be changed in place and put again, and grow that way without being seen. To encode
   * it at the 16th, 32nd, 64th ... put costs little for each of them.
   */
  private void remeasure(Row row, V value) {
    int size = encodedSize(value, values);
    sizes.add(size);
    backend.store().cache().chargeAtLeast(row, 2L * size);
  }

  @Override
  public void remove(Object namespace) {
    dropCell(namespace);
  }

  @Override
  @SuppressWarnings("unchecked") // only decode() and put() set cells of this column
  boolean encode(Row row, Object cell, RowOutput out) throws IOException {
    int start = out.size();
    values.write((V) cell, out);
    sizes.add(out.size() - start);
    return true;
  }

  @Override
  void dropOwnRows(Row row, Object cell) {}
}
