package dev.trestle.state.rocks;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * A database, without what it means. Every error becomes a {@link RocksStateException}. Used by one
 * thread, but for RocksDB's own.
 */
final class RocksDatabase implements AutoCloseable {

  private static final int MOST_READS_AT_A_TIME = 8;

  /** A compaction that begins between two questions is missed by one look, not by so many. */
  private static final int QUIET_LOOKS = 5;

  private static final long NANOS_BETWEEN_LOOKS = 1_000_000;

  /** No key is less. */
  private static final byte[] LOWEST = {};

  /** Every key is less: keys begin with a key group, of which there are fewer. */
  private static final byte[] HIGHEST = {-1, -1, -1};

  private final Path directory;
  private final RocksOptions options;
  private final RocksDB db;
  private final ParallelReads parallel;
  private final boolean repeatable;
  private boolean closed;

  private RocksDatabase(Path directory, RocksOptions options, RocksDB db, RocksResources shared) {
    this.directory = directory;
    this.options = options;
    this.db = db;
    parallel =
        new ParallelReads(
            db, options.reads(), shared.readers(), MOST_READS_AT_A_TIME, ParallelReads.WAIT_NANOS);
    repeatable = shared.isRepeatable();
  }

  /** Opens what is in a directory, or makes it. */
  static RocksDatabase open(RocksResources shared, Path directory) {
    return open(shared, directory, false);
  }

  /** Opens what is in a directory, which stays as it is. */
  static RocksDatabase openToRead(RocksResources shared, Path directory) {
    return open(shared, directory, true);
  }

  private static RocksDatabase open(RocksResources shared, Path directory, boolean readOnly) {
    RocksOptions options = new RocksOptions(shared);
    try {
      String path = directory.toString();
      RocksDB db =
          readOnly
              ? RocksDB.openReadOnly(options.options(), path)
              : RocksDB.open(options.options(), path);
      return new RocksDatabase(directory, options, db, shared);
    } catch (RocksDBException e) {
      options.close();
      throw new RocksStateException("open", directory, e);
    }
  }

  private RocksStateException failed(String operation, RocksDBException cause) {
    return new RocksStateException(operation, directory, cause);
  }

  byte @Nullable [] get(RowOutput key) {
    checkOpen();
    try {
      return db.get(options.reads(), key.bytes(), 0, key.size());
    } catch (RocksDBException e) {
      throw failed("read", e);
    }
  }

  /** The values of several sorted keys; null where there is none. */
  List<byte @Nullable []> multiGet(List<byte[]> keys) {
    checkOpen();
    try {
      return parallel.get(keys);
    } catch (RocksDBException e) {
      throw failed("read", e);
    }
  }

  /**
   * Hands out the rows from {@code start} on, in the order of their keys, until {@code visitor}
   * answers false.
   */
  void scan(byte[] start, BiPredicate<byte[], byte[]> visitor) {
    checkOpen();
    try (RocksIterator rows = db.newIterator(options.reads())) {
      rows.seek(start);
      while (rows.isValid() && visitor.test(rows.key(), rows.value())) {
        rows.next();
      }
      rows.status();
    } catch (RocksDBException e) {
      throw failed("read", e);
    }
  }

  /** Writes a batch in RocksDB's own form. */
  void write(byte[] batch) {
    checkOpen();
    try (WriteBatch records = new WriteBatch(batch)) {
      db.write(options.writes(), records);
    } catch (RocksDBException e) {
      throw failed("write", e);
    }
  }

  /**
   * Deletes all rows outside of {@code [start, end)}, whole files first. RocksDB's own {@code
   * clipColumnFamily} asks for ranges that end before they start where few files are left, and
   * fails.
   */
  void clip(byte[] start, byte[] end) {
    checkOpen();
    try {
      db.deleteFilesInRanges(
          db.getDefaultColumnFamily(), List.of(LOWEST, start, end, HIGHEST), false);
      db.deleteRange(options.writes(), LOWEST, start);
      db.deleteRange(options.writes(), end, HIGHEST);
    } catch (RocksDBException e) {
      throw failed("clip", e);
    }
  }

  /** Brings all that has been written to files, and links these into a new directory. */
  void checkpoint(Path target) {
    checkOpen();
    if (repeatable) {
      awaitCompaction(); // what there was before, and what flushing brings about
      settle();
    }
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw new RocksStateException("make a checkpoint in " + target + " of", directory, e);
    }
  }

  /** Brings all that has been written to files. */
  void flush() {
    checkOpen();
    try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
      db.flush(wait);
    } catch (RocksDBException e) {
      throw failed("flush", e);
    }
  }

  /** A figure that RocksDB keeps, by its name there. */
  long property(String name) {
    checkOpen();
    try {
      return db.getLongProperty(name);
    } catch (RocksDBException e) {
      throw failed("ask for " + name + " of", e);
    }
  }

  /** Flushes, and waits until nothing is left to be compacted. */
  void settle() {
    flush();
    awaitCompaction();
  }

  private void awaitCompaction() {
    int quiet = 0;
    while (quiet < QUIET_LOOKS) {
      // In this order: one that is pending first runs then.
      if (property("rocksdb.compaction-pending") + property("rocksdb.num-running-compactions")
          == 0) {
        quiet++;
      } else {
        quiet = 0;
        LockSupport.parkNanos(NANOS_BETWEEN_LOOKS);
      }
    }
  }

  /** Using a closed database would end the process, not the call. */
  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("The state in " + directory + " is closed");
    }
  }

  /** May be called more than once. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      db.cancelAllBackgroundWork(true);
      db.close();
      options.close();
    }
  }
}
