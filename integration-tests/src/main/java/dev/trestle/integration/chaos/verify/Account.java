package dev.trestle.integration.chaos.verify;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** All events of a key, and what is to be said of them. */
final class Account {

  private static final long MINUTE = 60_000;
  private static final long GAP = 8_000;

  private final String key;
  private long[] timestamps = new long[64];
  private long[] amounts = new long[64];
  private int size;

  Account(String key) {
    this.key = key;
  }

  void add(long timestamp, long amount) {
    if (size == timestamps.length) {
      timestamps = Arrays.copyOf(timestamps, 2 * size);
      amounts = Arrays.copyOf(amounts, 2 * size);
    }
    timestamps[size] = timestamp;
    amounts[size] = amount;
    size++;
  }

  /** Says every result, in any order. */
  void results(Consumer<String> results) {
    NavigableMap<Long, Long> byMinute = new TreeMap<>();
    NavigableMap<Long, Long> byTimestamp = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      byMinute.merge(timestamps[i] / MINUTE, amounts[i], Long::sum);
      byTimestamp.merge(timestamps[i], amounts[i], Long::sum);
    }
    long total = 0;
    for (Map.Entry<Long, Long> minute : byMinute.entrySet()) {
      long start = minute.getKey() * MINUTE;
      long end = start + MINUTE;
      total += minute.getValue();
      results.accept("window " + key + " " + start + " " + end + " " + minute.getValue());
      results.accept("total " + key + " " + end + " " + total);
    }
    sessions(byTimestamp, results);
  }

  private void sessions(NavigableMap<Long, Long> byTimestamp, Consumer<String> results) {
    long start = byTimestamp.firstKey();
    long last = start;
    long sum = 0;
    for (Map.Entry<Long, Long> event : byTimestamp.entrySet()) {
      if (event.getKey() - last >= GAP) {
        results.accept("session " + key + " " + start + " " + (last + GAP) + " " + sum);
        start = event.getKey();
        sum = 0;
      }
      last = event.getKey();
      sum += event.getValue();
    }
    results.accept("session " + key + " " + start + " " + (last + GAP) + " " + sum);
  }
}
