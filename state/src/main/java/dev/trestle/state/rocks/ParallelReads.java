package dev.trestle.state.rocks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Reads many keys of a database. Where reads wait for a disk they are shared out among threads, for
 * a disk does many of them in the time of one; reads from memory stay with the thread that asks.
 * Which of both it is, shows in how long the last ones took. Used by one thread.
 */
final class ParallelReads {

  /** A key that takes longer has been waited for; from memory it is 3 to 13 microseconds. */
  static final long WAIT_NANOS = 20_000;

  /** Handing over fewer keys does not pay. */
  private static final int LEAST_KEYS = 16;

  /** Of a moving average. */
  private static final int WEIGHT_BITS = 2;

  private final RocksDB db;
  private final ReadOptions options;
  private final Executor readers;
  private final int mostParts;
  private final long waitNanos;
  private long nanosOfKey;

  /**
   * Reads of a database.
   *
   * @param readers threads to share them out among
   * @param mostParts how many of them, with the caller's, may read at a time
   * @param waitNanos how long a key takes at least where there is a disk to wait for
   */
  ParallelReads(RocksDB db, ReadOptions options, Executor readers, int mostParts, long waitNanos) {
    this.db = db;
    this.options = options;
    this.readers = readers;
    this.mostParts = mostParts;
    this.waitNanos = waitNanos;
  }

  /** The values of sorted keys, at least one, in their order; null where there is none. */
  List<byte @Nullable []> get(List<byte[]> keys) throws RocksDBException {
    int parts = nanosOfKey < waitNanos ? 1 : Math.min(mostParts, keys.size() / LEAST_KEYS);
    return parts <= 1 ? getTimed(keys) : getInParts(keys, parts);
  }

  private List<byte @Nullable []> getTimed(List<byte[]> keys) throws RocksDBException {
    long start = System.nanoTime();
    List<byte @Nullable []> values = read(keys);
    long each = (System.nanoTime() - start) / Math.max(1, keys.size());
    nanosOfKey += (each - nanosOfKey) >> WEIGHT_BITS;
    return values;
  }

  /**
   * Reads keys at once. RocksDB's Java gives null also for a row that it could not read, so what
   * seems to be missing is asked for alone: that throws.
   */
  private List<byte @Nullable []> read(List<byte[]> keys) throws RocksDBException {
    List<byte @Nullable []> values = db.multiGetAsList(options, keys);
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) == null) {
        values.set(i, db.get(options, keys.get(i)));
      }
    }
    return values;
  }

  private List<byte @Nullable []> getInParts(List<byte[]> keys, int count) throws RocksDBException {
    List<FutureTask<List<byte @Nullable []>>> parts = new ArrayList<>(count);
    parts.add(new FutureTask<>(() -> getTimed(keys.subList(0, start(1, count, keys)))));
    for (int i = 1; i < count; i++) {
      List<byte[]> part = keys.subList(start(i, count, keys), start(i + 1, count, keys));
      parts.add(handOver(new FutureTask<>(() -> read(part))));
    }
    parts.get(0).run();
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    RocksDBException failure = null;
    for (FutureTask<List<byte @Nullable []>> part : parts) {
      try {
        values.addAll(join(part)); // also after a failure: nobody may close beside a reader
      } catch (ExecutionException e) {
        failure = failure == null ? cause(e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return values;
  }

  private <T> FutureTask<T> handOver(FutureTask<T> reading) {
    try {
      readers.execute(reading);
    } catch (RejectedExecutionException e) {
      reading.run();
    }
    return reading;
  }

  private static int start(int part, int count, List<byte[]> keys) {
    return (int) ((long) keys.size() * part / count);
  }

  private static <T> T join(FutureTask<T> task) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RocksDBException cause(ExecutionException failed) {
    return failed.getCause() instanceof RocksDBException cause
        ? cause
        : new RocksDBException(String.valueOf(failed.getCause()));
  }
}
