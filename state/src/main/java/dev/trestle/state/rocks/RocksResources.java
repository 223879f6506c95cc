package dev.trestle.state.rocks;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.rocksdb.Cache;
import org.rocksdb.Env;
import org.rocksdb.HyperClockCache;
import org.rocksdb.Priority;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * What the databases of all tasks of a process share: block cache, write buffers and background
 * threads. Must be closed after them. Thread safe.
 */
public final class RocksResources implements AutoCloseable {

  private static final int SHARD_BITS_CHOSEN_BY_ROCKSDB = -1;
  private static final int READERS = 16;
  private static final long READER_IDLE_SECONDS = 10;
  private static final long ENTRY_SIZE_ESTIMATED_BY_ROCKSDB = 0;

  private final Cache blockCache;
  private final WriteBufferManager writeBuffers;
  private final Env env;
  private final ThreadPoolExecutor readers;
  private final RocksMemory memory;
  private final int threads;
  private final boolean repeatable;
  private boolean closed;

  /**
   * @param threads that flush and compact, besides the tasks' own
   */
  public RocksResources(RocksMemory memory, int threads) {
    this(memory, threads, false);
  }

  /**
   * For simulation: a checkpoint waits for compaction, so that its files depend on what has been
   * written and not on how quick compaction is.
   */
  public static RocksResources repeatable(RocksMemory memory) {
    return new RocksResources(memory, 1, true);
  }

  private RocksResources(RocksMemory memory, int threads, boolean repeatable) {
    RocksDB.loadLibrary();
    this.memory = memory;
    this.threads = threads;
    this.repeatable = repeatable;
    blockCache =
        new HyperClockCache(
            memory.blockCacheBytes(),
            ENTRY_SIZE_ESTIMATED_BY_ROCKSDB,
            SHARD_BITS_CHOSEN_BY_ROCKSDB,
            false);
    writeBuffers = new WriteBufferManager(memory.writeBufferBytes(), blockCache);
    env = Env.getDefault();
    env.setBackgroundThreads(threads, Priority.LOW);
    env.setBackgroundThreads(1, Priority.HIGH);
    readers =
        new ThreadPoolExecutor(
            READERS,
            READERS,
            READER_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            RocksResources::reader);
    readers.allowCoreThreadTimeOut(true);
  }

  private static Thread reader(Runnable work) {
    Thread thread = new Thread(work, "keyed-state-reader");
    thread.setDaemon(true);
    return thread;
  }

  /** Threads that may wait for reads, which cost no processor meanwhile. */
  Executor readers() {
    return readers;
  }

  Cache blockCache() {
    return blockCache;
  }

  WriteBufferManager writeBuffers() {
    return writeBuffers;
  }

  Env env() {
    return env;
  }

  RocksMemory memory() {
    return memory;
  }

  boolean isRepeatable() {
    return repeatable;
  }

  int threads() {
    return threads;
  }

  /** May be called more than once. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      readers.shutdown();
      writeBuffers.close();
      blockCache.close();
    }
  }
}
