package dev.trestle.state.rocks;

import dev.trestle.state.table.OrderedRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that lie beside those of keys: where these have the length of a key, ordered rows have a
 * length that no key can have. Not thread safe.
 */
final class RocksOrderedRows implements OrderedRows {

  /** As a varint, 2^32 - 1. */
  private static final byte[] NO_LENGTH = {-1, -1, -1, -1, 0x0f};

  private static final int HEAD = RowKeys.PREFIX + NO_LENGTH.length + 1;

  private final RocksStore store;
  private final int operator;
  private final int number;
  private final RowOutput rowKey = new RowOutput();
  private final RowOutput rowValue = new RowOutput();

  /**
   * The rows of this number.
   *
   * @param number 0 to 255; an operator may have so many kinds of ordered rows
   */
  RocksOrderedRows(RocksStore store, int operator, int number) {
    this.store = store;
    this.operator = operator;
    this.number = number;
  }

  private void setKey(int keyGroup, byte[] key, int length) {
    store.check(keyGroup);
    rowKey.truncate(0);
    rowKey.writeShort(keyGroup);
    rowKey.writeShort(operator);
    rowKey.write(NO_LENGTH);
    rowKey.write(number);
    rowKey.write(key, 0, length);
  }

  @Override
  public void put(int keyGroup, byte[] key, int keyLength, byte[] value, int valueLength) {
    setKey(keyGroup, key, keyLength);
    rowValue.truncate(0);
    rowValue.write(RowCodec.VERSION);
    rowValue.write(value, 0, valueLength);
    store.batch().put(rowKey, rowValue);
    store.commitIfLarge();
  }

  @Override
  public byte @Nullable [] get(int keyGroup, byte[] key, int keyLength) {
    store.commit();
    if (!store.hasDatabase()) {
      return null;
    }
    setKey(keyGroup, key, keyLength);
    byte[] value = store.database().get(rowKey);
    return value == null ? null : content(value);
  }

  @Override
  public List<byte @Nullable []> getAll(int[] keyGroups, List<byte[]> keys) {
    store.commit();
    if (keys.isEmpty() || !store.hasDatabase()) {
      return Arrays.asList(new byte[keys.size()][]);
    }
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    List<byte[]> rowKeys = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      setKey(keyGroups[i], keys.get(i), keys.get(i).length);
      rowKeys.add(rowKey.copy());
    }
    for (byte[] value : store.database().multiGet(rowKeys)) {
      values.add(value == null ? null : content(value));
    }
    return values;
  }

  @Override
  public void delete(int keyGroup, byte[] key, int keyLength) {
    setKey(keyGroup, key, keyLength);
    store.batch().delete(rowKey);
    store.commitIfLarge();
  }

  @Override
  public void deletePrefix(int keyGroup, byte[] prefix, int prefixLength) {
    setKey(keyGroup, prefix, prefixLength);
    store.batch().deletePrefix(rowKey);
    store.commitIfLarge();
  }

  @Override
  public void scan(int keyGroup, byte[] from, Visitor visitor) {
    store.commit();
    if (!store.hasDatabase()) {
      return;
    }
    setKey(keyGroup, from, from.length);
    byte[] start = rowKey.copy();
    store
        .database()
        .scan(
            start,
            (key, value) ->
                Arrays.equals(key, 0, Math.min(HEAD, key.length), start, 0, HEAD)
                    && visitor.visit(Arrays.copyOfRange(key, HEAD, key.length), content(value)));
  }

  private static byte[] content(byte[] value) {
    try {
      RowCodec.checkVersion(value[0]);
    } catch (IOException e) {
      throw new UncheckedIOException("An ordered row is damaged", e);
    }
    return Arrays.copyOfRange(value, 1, value.length);
  }
}
