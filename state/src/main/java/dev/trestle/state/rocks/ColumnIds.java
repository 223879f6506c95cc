package dev.trestle.state.rocks;

import java.nio.charset.StandardCharsets;

/**
 * What columns are called in rows: a hash of their name (FNV-1a), so that databases of several
 * tasks, which come to know their tables in any order, can be put together. Must never change.
 */
final class ColumnIds {

  private static final int BASIS = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  private ColumnIds() {}

  static int of(String name) {
    int hash = BASIS;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return hash;
  }
}
