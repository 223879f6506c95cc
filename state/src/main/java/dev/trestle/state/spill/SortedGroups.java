package dev.trestle.state.spill;

/**
 * A cursor over records grouped by key. Keys come in an order of no meaning, each once, with its
 * values in the order in which they were added. Not thread safe.
 */
public interface SortedGroups extends AutoCloseable {

  /** Goes to the next key, the first one at the first call; false when there is none. */
  boolean nextKey();

  /**
   * The array in which the key stands, {@link #keyStart} to {@link #keyEnd}, until the next key.
   */
  byte[] keyBytes();

  int keyStart();

  int keyEnd();

  /**
   * The key's values. They may be iterated any number of times, also at the same time, as long as
   * the cursor stands on the key; later an iterator throws {@code IllegalStateException}. Values
   * that do not fit into memory are read from disk each time.
   */
  Iterable<ByteSlice> values();

  /** Releases memory and files. */
  @Override
  void close();
}
