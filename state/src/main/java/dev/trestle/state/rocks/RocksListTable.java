package dev.trestle.state.rocks;

import dev.trestle.state.table.GrowingList;
import dev.trestle.state.table.KeyedListTable;
import dev.trestle.state.table.ListTableDescriptor;
import dev.trestle.state.table.Serializer;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of lists. The cell holds the last elements only; those before them are in chunks, rows of
 * their own that are written once. A chunk is cut off when the cell would take more than a few
 * kilobytes, so that no element is written more often than that allows.
 */
final class RocksListTable<T> extends Column implements KeyedListTable<T> {

  /** Bytes beyond which a cell becomes a chunk, and a chunk is followed by the next. */
  static final int CHUNK = 4 << 10;

  private static final int CHUNKS_READ_AT_ONCE = 64;
  private static final int CHUNKS_DELETED_ONE_BY_ONE = 16;
  private static final int ELEMENT_BYTES = 24;

  private final Serializer<T> elements;
  private final RowOutput key = new RowOutput();
  private final RowOutput chunk = new RowOutput();

  /** A cell, decoded. */
  private static final class Cell<T> {
    int chunks;
    GrowingList<T> tail = new GrowingList<>();
    long tailBytes;

    /** All elements, once they have been asked for. */
    @Nullable GrowingList<T> all;
  }

  RocksListTable(RocksStateBackend backend, int index, int id, ListTableDescriptor<T> descriptor) {
    super(backend, descriptor.name(), index, id);
    elements = descriptor.elements();
  }

  @SuppressWarnings("unchecked") // only this class sets cells of this column
  private @Nullable Cell<T> cell(Row row) {
    Object cell = row.cell(index);
    return cell instanceof EncodedCell encoded ? decode(row, encoded) : (Cell<T>) cell;
  }

  private Cell<T> decode(Row row, EncodedCell encoded) {
    Cell<T> cell = new Cell<>();
    RowInput input = new RowInput();
    DataInputStream data = input.at(encoded.bytes(), encoded.start(), encoded.length());
    try {
      cell.chunks = input.readVarInt();
      readElements(input, data, cell.tail);
    } catch (IOException e) {
      throw damaged(e);
    }
    row.set(index, cell);
    grow(row, cell, encoded.length() * 2L);
    return cell;
  }

  private void readElements(RowInput input, DataInputStream data, GrowingList<T> target)
      throws IOException {
    int count = input.readVarInt();
    for (int i = 0; i < count; i++) {
      target.add(elements.read(data));
    }
  }

  private void grow(Row row, Cell<T> cell, long more) {
    cell.tailBytes += more;
    backend.store().cache().chargeExtra(row, more);
  }

  @Override
  public void add(Object namespace, T element) {
    backend.store().makeRoom();
    Row row = backend.row(namespace);
    Cell<T> cell = cell(row);
    if (cell == null) {
      cell = new Cell<>();
      row.set(index, cell);
    }
    cell.tail.add(element);
    GrowingList<T> all = cell.all;
    if (all != null) {
      all.add(element);
    }
    row.dirty = true;
    grow(row, cell, 2L * sizeOf(element, elements) + ELEMENT_BYTES);
  }

  @Override
  public List<T> read(Object namespace) {
    Row row = backend.row(namespace);
    Cell<T> cell = cell(row);
    if (cell == null) {
      return List.of();
    }
    if (cell.chunks == 0) {
      return cell.tail.soFar();
    }
    GrowingList<T> all = cell.all;
    return (all == null ? readAll(row, cell) : all).soFar();
  }

  private GrowingList<T> readAll(Row row, Cell<T> cell) {
    backend.store().commit();
    GrowingList<T> all = new GrowingList<>();
    long bytes = 0;
    for (int first = 0; first < cell.chunks; first += CHUNKS_READ_AT_ONCE) {
      List<byte[]> keys = new ArrayList<>();
      for (int i = first; i < Math.min(cell.chunks, first + CHUNKS_READ_AT_ONCE); i++) {
        chunkKey(row, i);
        keys.add(key.copy());
      }
      for (byte[] found : backend.store().database().multiGet(keys)) {
        bytes += readChunk(found, all);
      }
    }
    cell.tail.soFar().forEach(all::add);
    if (bytes < backend.store().cache().limit() / 4) {
      cell.all = all;
      backend.store().cache().chargeExtra(row, 2 * bytes);
    }
    return all;
  }

  private int readChunk(byte @Nullable [] found, GrowingList<T> all) {
    try {
      if (found == null) {
        throw new IOException("A part of a list is missing");
      }
      RowInput input = new RowInput();
      DataInputStream data = input.at(found, 0, found.length);
      RowCodec.checkVersion(input.read());
      readElements(input, data, all);
      return found.length;
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private void chunkKey(Row row, int number) {
    backend.keys().write(row, id, key);
    key.writeInt(number);
  }

  @Override
  public boolean isEmpty(Object namespace) {
    return backend.row(namespace).cell(index) == null;
  }

  @Override
  public void remove(Object namespace) {
    dropCell(namespace);
  }

  @Override
  @SuppressWarnings("unchecked") // only this class sets cells of this column
  boolean encode(Row row, Object decoded, RowOutput out) throws IOException {
    Cell<T> cell = (Cell<T>) decoded;
    int start = out.size();
    out.writeVarInt(cell.chunks);
    List<T> tail = cell.tail.soFar();
    out.writeVarInt(tail.size());
    int first = out.size();
    for (int i = 0; i < tail.size() && out.size() - first <= CHUNK; i++) {
      elements.write(tail.get(i), out);
    }
    if (out.size() - first > CHUNK) {
      writeChunks(row, cell);
      out.truncate(start);
      out.writeVarInt(cell.chunks);
      out.writeVarInt(0);
    } else if (!tail.isEmpty()) {
      sizes.add((out.size() - first) / tail.size());
    }
    return true;
  }

  /** Writes all elements that the cell still has to chunks. */
  private void writeChunks(Row row, Cell<T> cell) throws IOException {
    List<T> tail = cell.tail.soFar();
    int written = 0;
    long bytes = 0;
    while (written < tail.size()) {
      chunk.truncate(0);
      int count = 0;
      while (written < tail.size() && chunk.size() <= CHUNK) {
        elements.write(tail.get(written++), chunk);
        count++;
      }
      bytes += chunk.size();
      chunkKey(row, cell.chunks++);
      backend.store().batch().put(key, withCount(count));
    }
    sizes.add((int) (bytes / tail.size()));
    cell.tail = new GrowingList<>();
    grow(row, cell, -cell.tailBytes);
  }

  private RowOutput withCount(int count) {
    RowOutput value = backend.store().scratch();
    value.write(RowCodec.VERSION);
    value.writeVarInt(count);
    value.write(chunk.bytes(), 0, chunk.size());
    return value;
  }

  @Override
  @SuppressWarnings("unchecked") // only this class sets cells of this column
  void dropOwnRows(Row row, Object dropped) {
    Cell<T> cell =
        dropped instanceof EncodedCell encoded ? decode(row, encoded) : (Cell<T>) dropped;
    RowBatch batch = backend.store().batch();
    if (cell.chunks > CHUNKS_DELETED_ONE_BY_ONE) {
      backend.keys().write(row, id, key);
      batch.deletePrefix(key);
    } else {
      for (int i = 0; i < cell.chunks; i++) {
        chunkKey(row, i);
        batch.delete(key);
      }
    }
  }
}
