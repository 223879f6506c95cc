package dev.trestle.state.rocks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Writes that go to the database together, in the form in which RocksDB keeps a batch itself: that
 * way a batch crosses into native code with one call instead of one for each row. Not thread safe.
 */
final class RowBatch {

  /** A sequence number, which RocksDB fills in, and the number of records. */
  private static final int HEADER = Long.BYTES + Integer.BYTES;

  private static final int LARGE = 1 << 20;

  private static final int DELETION = 0x0;
  private static final int VALUE = 0x1;
  private static final int RANGE_DELETION = 0xf;

  private final Consumer<byte[]> database;
  private final RowOutput records = new RowOutput();
  private int count;

  /**
   * An empty batch.
   *
   * @param database takes what is committed
   */
  RowBatch(Consumer<byte[]> database) {
    this.database = database;
    clear();
  }

  void put(RowOutput key, RowOutput value) {
    record(VALUE, key);
    records.writeVarInt(value.size());
    records.write(value.bytes(), 0, value.size());
  }

  void delete(RowOutput key) {
    record(DELETION, key);
  }

  /** Deletes all rows whose key begins with {@code prefix}, without looking at them. */
  void deletePrefix(RowOutput prefix) {
    record(RANGE_DELETION, prefix);
    byte[] end = RowKeys.successor(prefix);
    records.writeVarInt(end.length);
    records.write(end);
  }

  private void record(int type, RowOutput key) {
    records.write(type);
    records.writeVarInt(key.size());
    records.write(key.bytes(), 0, key.size());
    count++;
  }

  boolean isLarge() {
    return records.size() > LARGE;
  }

  /** Writes what there is, and is empty after that. */
  void commit() {
    if (count > 0) {
      byte[] content = records.copy();
      ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putInt(Long.BYTES, count);
      database.accept(content);
      clear();
    }
  }

  private void clear() {
    count = 0;
    records.truncate(0);
    for (int i = 0; i < HEADER; i++) {
      records.write(0);
    }
  }
}
