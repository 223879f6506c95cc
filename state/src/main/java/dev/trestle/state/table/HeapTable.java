package dev.trestle.state.table;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A table of a {@link HeapStateBackend}. */
final class HeapTable<V> implements KeyedTable<V> {

  private final HeapStateBackend backend;
  private final int number;
  private final Serializer<V> serializer;

  HeapTable(HeapStateBackend backend, int number, Serializer<V> serializer) {
    this.backend = backend;
    this.number = number;
    this.serializer = serializer;
  }

  @Override
  @SuppressWarnings("unchecked") // only put() and decode() write to this table
  public @Nullable V get(Object namespace) {
    HeapCells cells = backend.cells(namespace);
    if (cells == null) {
      return null;
    }
    Object value = cells.get(number);
    return value instanceof EncodedCell encoded ? decode(encoded, cells) : (V) value;
  }

  private V decode(EncodedCell encoded, HeapCells cells) {
    try {
      V value = serializer.read(new DataInputStream(new ByteArrayInputStream(encoded.bytes())));
      cells.put(number, value);
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException("A restored value cannot be read", e);
    }
  }

  @Override
  public void put(Object namespace, V value) {
    backend.cellsToWrite(namespace).put(number, value);
  }

  @Override
  public void remove(Object namespace) {
    backend.remove(namespace, number);
  }

  /** Writes a value of this table, or what it was restored from. */
  @SuppressWarnings("unchecked") // the caller has it of this table
  void write(Object value, DataOutput out) throws IOException {
    serializer.write((V) value, out);
  }
}
