package dev.trestle.runner.group;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Keys as bytes, each with its key group. */
final class EncodedKeys {

  private final List<byte[]> keys = new ArrayList<>();
  private int[] keyGroups = new int[16];

  void add(int keyGroup, byte[] key) {
    if (keys.size() == keyGroups.length) {
      keyGroups = Arrays.copyOf(keyGroups, 2 * keyGroups.length);
    }
    keyGroups[keys.size()] = keyGroup;
    keys.add(key);
  }

  int size() {
    return keys.size();
  }

  byte[] key(int index) {
    return keys.get(index);
  }

  int keyGroup(int index) {
    return keyGroups[index];
  }

  List<byte[]> all() {
    return keys;
  }

  /** At least as many as there are keys. */
  int[] keyGroups() {
    return keyGroups;
  }
}
