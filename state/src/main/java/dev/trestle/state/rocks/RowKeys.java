package dev.trestle.state.rocks;

import dev.trestle.state.ByteKey;
import dev.trestle.state.table.Serializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys of an operator's rows: key group and operator, two bytes each, then key and namespace, each
 * after its length. That is the row's key; those of list chunks and map entries go on with the
 * column's id and the chunk's number or the sub-key. Not thread safe.
 */
final class RowKeys {

  static final int PREFIX = 2 * Short.BYTES;

  private final int operator;
  private final Serializer<Object> keys;
  private final Serializer<Object> namespaces;

  /** Rows that are written together are often of one namespace. */
  private @Nullable Object lastNamespace;

  private final RowOutput encodedNamespace = new RowOutput();

  RowKeys(int operator, Serializer<Object> keys, Serializer<Object> namespaces) {
    this.operator = operator;
    this.keys = keys;
    this.namespaces = namespaces;
  }

  /** Makes {@code out} the key of a row. */
  void write(Row row, RowOutput out) {
    out.truncate(0);
    out.writeShort(row.keyGroup);
    out.writeShort(operator);
    try {
      if (row.key instanceof ByteKey bytes) {
        out.writeVarInt(bytes.length());
        out.write(bytes.bytes(), bytes.start(), bytes.length());
      } else {
        int start = out.size();
        keys.write(row.key, out);
        out.prefixLength(start);
      }
      if (row.namespace != lastNamespace) {
        lastNamespace = null;
        encodedNamespace.truncate(0);
        namespaces.write(row.namespace, encodedNamespace);
        encodedNamespace.prefixLength(0);
        lastNamespace = row.namespace;
      }
      out.write(encodedNamespace.bytes(), 0, encodedNamespace.size());
    } catch (IOException e) {
      throw new UncheckedIOException("A key or its window cannot be encoded", e);
    }
  }

  /** The same, and what the rows of its own that a cell has begin with. */
  void write(Row row, int column, RowOutput out) {
    write(row, out);
    out.writeInt(column);
  }

  /** The least key that is greater than all that begin with {@code prefix}. */
  static byte[] successor(RowOutput prefix) {
    byte[] next = prefix.copy();
    for (int i = next.length - 1; i >= 0; i--) {
      if (++next[i] != 0) {
        return Arrays.copyOf(next, i + 1);
      }
    }
    throw new IllegalArgumentException("Nothing is greater than this prefix");
  }
}
