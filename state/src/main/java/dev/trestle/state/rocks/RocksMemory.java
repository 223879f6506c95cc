package dev.trestle.state.rocks;

/**
 * Native memory of all databases of a process together, outside of the Java heap.
 *
 * @param blockCacheBytes for blocks, indexes and filters that have been read; write buffers count
 *     against it as well
 * @param writeBufferBytes for rows that have been written and not yet flushed
 */
public record RocksMemory(long blockCacheBytes, long writeBufferBytes) {

  /** Enough for a few tasks with some gigabytes of state. */
  public static final RocksMemory DEFAULT = new RocksMemory(512L << 20, 192L << 20);
}
