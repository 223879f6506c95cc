package dev.trestle.state.rocks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values of rows: a byte for the version, then for each cell the column's id (four bytes, made of
 * its name), its length and its bytes. Cells that nobody has asked for are carried along as they
 * are, those of columns that are not known among them. Not thread safe.
 */
final class RowCodec {

  static final int VERSION = 1;

  private final RocksStateBackend backend;
  private final RowInput input = new RowInput();

  RowCodec(RocksStateBackend backend) {
    this.backend = backend;
  }

  /** Fills a row's cells from its value. */
  void decode(Row row, byte[] value) {
    try {
      input.at(value, 0, value.length);
      checkVersion(input.read());
      while (input.hasMore()) {
        int id = readId(input);
        int length = input.readVarInt();
        row.set(backend.indexOf(id), new EncodedCell(value, input.position(), length));
        input.skip(length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A row of keyed state is damaged", e);
    }
  }

  static void checkVersion(int version) throws IOException {
    if (version != VERSION) {
      throw new IOException("It is of version " + version + ", this is for version " + VERSION);
    }
  }

  static int readId(RowInput in) {
    int id = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      id = id << 8 | in.read();
    }
    return id;
  }

  /** Writes a row's value; false if it has no cells. */
  boolean encode(Row row, List<@Nullable Column> columns, RowOutput out) {
    out.truncate(0);
    out.write(VERSION);
    try {
      for (int i = 0; i < row.columns(); i++) {
        Object cell = row.cell(i);
        if (cell != null) {
          encode(row, i, cell, columns.get(i), out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A value cannot be encoded", e);
    }
    return out.size() > 1;
  }

  private void encode(Row row, int index, Object cell, @Nullable Column column, RowOutput out)
      throws IOException {
    int before = out.size();
    out.writeInt(backend.idOf(index));
    if (cell instanceof EncodedCell encoded) {
      out.writeVarInt(encoded.length());
      out.write(encoded.bytes(), encoded.start(), encoded.length());
    } else if (column != null) {
      int start = out.size();
      if (column.encode(row, cell, out)) {
        out.prefixLength(start);
      } else {
        out.truncate(before);
        row.set(index, null);
      }
    }
  }
}
