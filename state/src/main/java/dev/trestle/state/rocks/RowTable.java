package dev.trestle.state.rocks;

import org.jspecify.annotations.Nullable;

/** A hash table of rows by key and namespace. Not thread safe. */
final class RowTable {

  private static final int SPREAD = 0x9e3779b9;
  private static final int FIRST_BITS = 6;

  private @Nullable Row[] buckets = new @Nullable Row[1 << FIRST_BITS];
  private int shift = Integer.SIZE - FIRST_BITS;
  private int size;

  static int hash(Object key, Object namespace) {
    return 31 * key.hashCode() + namespace.hashCode();
  }

  @Nullable Row find(Object key, Object namespace, int hash) {
    for (Row row = buckets[bucket(hash)]; row != null; row = row.next) {
      if (row.hash == hash
          && (row.key == key || row.key.equals(key))
          && (row.namespace == namespace || row.namespace.equals(namespace))) {
        return row;
      }
    }
    return null;
  }

  /** Adds a row whose key and namespace are not there. */
  void add(Row row) {
    if (size >= buckets.length) {
      grow();
    }
    link(row);
    size++;
  }

  void remove(Row row) {
    int bucket = bucket(row.hash);
    Row before = null;
    for (Row at = buckets[bucket]; at != null; at = at.next) {
      if (at == row) {
        if (before == null) {
          buckets[bucket] = at.next;
        } else {
          before.next = at.next;
        }
        at.next = null;
        size--;
        return;
      }
      before = at;
    }
    throw new IllegalStateException("Not in the cache: " + row.key);
  }

  private int bucket(int hash) {
    return (hash * SPREAD) >>> shift;
  }

  private void grow() {
    @Nullable Row[] old = buckets;
    shift--;
    buckets = new @Nullable Row[old.length << 1];
    for (Row first : old) {
      Row row = first;
      while (row != null) {
        Row next = row.next;
        link(row);
        row = next;
      }
    }
  }

  private void link(Row row) {
    int bucket = bucket(row.hash);
    row.next = buckets[bucket];
    buckets[bucket] = row;
  }
}
