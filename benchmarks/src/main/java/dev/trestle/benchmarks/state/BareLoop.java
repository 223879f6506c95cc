package dev.trestle.benchmarks.state;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.rocks.RocksOptions;
import dev.trestle.state.rocks.RocksResources;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** RocksDB's get and put without anything above them, on the rows that a store has written. */
final class BareLoop implements Loop {

  /** Key group, operator and the key's length. */
  private static final int HEAD = 2 * Short.BYTES + 1;

  private static final int MOST_VALUE_BYTES = 64;

  private final RocksOptions options;
  private final RocksDB db;
  private final KeyGroupRange range;
  private final byte[] key = new byte[HEAD + StateKeys.BYTES + 1];
  private final byte[] value = new byte[MOST_VALUE_BYTES];

  BareLoop(RocksResources shared, Path directory, KeyGroupRange range) throws RocksDBException {
    this.range = range;
    options = new RocksOptions(shared);
    db = RocksDB.open(options.options(), directory.toString());
    ByteBuffer.wrap(key)
        .putShort(Short.BYTES, (short) StateLoop.OPERATOR)
        .put(HEAD - 1, (byte) StateKeys.BYTES);
  }

  @Override
  public void batch(LongSupplier numbers) {
    ByteBuffer keyBuffer = ByteBuffer.wrap(key);
    ByteBuffer valueBuffer = ByteBuffer.wrap(value);
    try {
      for (int i = 0; i < BATCH; i++) {
        long number = numbers.getAsLong();
        keyBuffer.putShort(0, (short) StateKeys.keyGroup(number, range));
        StateKeys.write(number, key, HEAD);
        int length = db.get(options.reads(), key, 0, key.length, value, 0, value.length);
        if (length < Long.BYTES) {
          throw new IllegalStateException("Key " + number + " is missing");
        }
        int at = length - Long.BYTES;
        valueBuffer.putLong(at, valueBuffer.getLong(at) + 1);
        db.put(options.writes(), key, 0, key.length, value, 0, length);
      }
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    db.cancelAllBackgroundWork(true);
    db.close();
    options.close();
  }
}
