package dev.trestle.state.rocks;

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
  private static final long ENTRY_SIZE_ESTIMATED_BY_ROCKSDB = 0;

  private final Cache blockCache;
  private final WriteBufferManager writeBuffers;
  private final Env env;
  private final RocksMemory memory;
  private final int threads;
  private boolean closed;

  /**
   * @param threads that flush and compact, besides the tasks' own
   */
  public RocksResources(RocksMemory memory, int threads) {
    RocksDB.loadLibrary();
    this.memory = memory;
    this.threads = threads;
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

  int threads() {
    return threads;
  }

  /** May be called more than once. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      writeBuffers.close();
      blockCache.close();
    }
  }
}
