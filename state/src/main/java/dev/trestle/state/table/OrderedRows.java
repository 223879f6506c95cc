package dev.trestle.state.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one operator in one task that lie in the order of their keys, for what is looked for in
 * an order of its own (by time, by window) and not by the current key. Nothing of it stays in
 * memory: meant for what has no room there. Rows belong to a key group and move with it. Keys are
 * compared byte by byte, without sign. Not thread safe.
 */
public interface OrderedRows {

  /** Is shown rows. */
  interface Visitor {

    /**
     * A row; the arrays are the visitor's to keep.
     *
     * @return whether to go on
     */
    boolean visit(byte[] key, byte[] value);
  }

  /** Writes a row, in the place of one that has the same key. */
  void put(int keyGroup, byte[] key, int keyLength, byte[] value, int valueLength);

  /** A row's value, which is the caller's to keep; null if it is not there. */
  byte @Nullable [] get(int keyGroup, byte[] key, int keyLength);

  /**
   * The values of several rows, in the order of their keys here; null where there is none. They are
   * the caller's to keep.
   *
   * @param keyGroups of each of the keys
   */
  List<byte @Nullable []> getAll(int[] keyGroups, List<byte[]> keys);

  /** Deletes a row, if it is there. */
  void delete(int keyGroup, byte[] key, int keyLength);

  /**
   * Deletes all rows whose keys begin with a prefix, at the cost of one. Later scans have to step
   * over what is deleted until it has been compacted.
   */
  void deletePrefix(int keyGroup, byte[] prefix, int prefixLength);

  /**
   * Shows the rows of a key group from the first one on that is not less than {@code from}, until
   * the visitor has enough. It must not write rows meanwhile.
   */
  void scan(int keyGroup, byte[] from, Visitor visitor);
}
