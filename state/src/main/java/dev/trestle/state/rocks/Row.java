package dev.trestle.state.rocks;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one key has in one namespace, as the cache holds it: a cell for each column. */
final class Row {

  private static final int MOST_HEAT = 3;

  final RocksStateBackend owner;
  final Object key;
  final Object namespace;
  final int hash;
  final int keyGroup;

  /** The next one in the bucket of the hash table. */
  @Nullable Row next;

  private @Nullable Object[] cells;

  /** Where in the cache's list of rows this is. */
  int slot = -1;

  /** What it counts for in the cache. */
  long bytes;

  /** The part of that for lists and maps, which count for themselves. */
  long extraBytes;

  /** How often it has been written to since it came into the cache. */
  int puts;

  /** How often the cache's clock must pass before this may go. */
  private byte heat;

  /** Has been read ahead and not yet been used. */
  boolean fresh;

  /** Differs from what is in the database. */
  boolean dirty;

  /** The database may have a row for it. */
  boolean stored;

  /** Has been chosen to leave the cache. */
  boolean leaving;

  /** Has been announced; its cells are not known yet. */
  boolean pending;

  Row(RocksStateBackend owner, Object key, Object namespace, int hash, int keyGroup, int columns) {
    this.owner = owner;
    this.key = key;
    this.namespace = namespace;
    this.hash = hash;
    this.keyGroup = keyGroup;
    cells = new @Nullable Object[columns];
  }

  int columns() {
    return cells.length;
  }

  @Nullable Object cell(int column) {
    return column < cells.length ? cells[column] : null;
  }

  void set(int column, @Nullable Object cell) {
    if (column >= cells.length) {
      cells = Arrays.copyOf(cells, column + 1);
    }
    cells[column] = cell;
  }

  boolean isEmpty() {
    for (Object cell : cells) {
      if (cell != null) {
        return false;
      }
    }
    return true;
  }

  /** Marks as used. */
  void touch() {
    if (fresh) {
      fresh = false;
    } else if (heat < MOST_HEAT) {
      heat++;
    }
  }

  /** Cools down, and says whether it was cold already. */
  boolean cool() {
    if (heat == 0) {
      return true;
    }
    heat--;
    return false;
  }

  void freeze() {
    heat = 0;
  }
}
