package dev.trestle.state.rocks;

import dev.trestle.state.table.Serializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A table, as a column of its operator's rows. Not thread safe. */
abstract sealed class Column permits RocksTable, RocksListTable, RocksMapTable {

  final RocksStateBackend backend;
  final String name;

  /** Where in a cached row its cell is. */
  final int index;

  /** What it is called in rows that are stored. */
  final int id;

  /** Of its values, elements or entries. */
  final SizeEstimate sizes = new SizeEstimate();

  Column(RocksStateBackend backend, String name, int index, int id) {
    this.backend = backend;
    this.name = name;
    this.index = index;
    this.id = id;
  }

  /**
   * Writes a decoded cell, and to the store's batch what it keeps in rows of its own.
   *
   * @return false if there is nothing in it
   */
  abstract boolean encode(Row row, Object cell, RowOutput out) throws IOException;

  /** Deletes the rows of its own that a cell has. */
  abstract void dropOwnRows(Row row, Object cell);

  /** Takes a cell away. */
  final void dropCell(Object namespace) {
    Row row = backend.row(namespace);
    Object cell = row.cell(index);
    if (cell != null) {
      dropOwnRows(row, cell);
      row.set(index, null);
      row.dirty = true;
      if (row.isEmpty()) {
        backend.store().cache().chargeExtra(row, -row.extraBytes);
      }
    }
  }

  /** Bytes that a new value takes: measured now and then, else an estimate. */
  final <T extends @Nullable Object> int sizeOf(T value, Serializer<T> serializer) {
    if (sizes.wantsSample()) {
      sizes.add(encodedSize(value, serializer));
    }
    return sizes.usual();
  }

  final <T extends @Nullable Object> int encodedSize(T value, Serializer<T> serializer) {
    RowOutput scratch = backend.store().scratch();
    try {
      serializer.write(value, scratch);
    } catch (IOException e) {
      throw damaged(e);
    }
    return scratch.size();
  }

  final UncheckedIOException damaged(IOException cause) {
    return new UncheckedIOException("The state \"" + name + "\" cannot be read or written", cause);
  }
}
