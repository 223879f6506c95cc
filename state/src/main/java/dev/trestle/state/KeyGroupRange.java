package dev.trestle.state;

/**
 * The key groups {@code [first, end)} of {@code total} that a task owns. A key's group never
 * changes during a job's life, so that a restore with another parallelism only moves whole groups.
 *
 * @param total number of key groups of the job, 1 to 32768
 */
public record KeyGroupRange(int first, int end, int total) {

  /** The number of key groups of a job that does not say otherwise. */
  public static final int DEFAULT_TOTAL = 128;

  /** All groups. */
  public static KeyGroupRange all(int total) {
    return new KeyGroupRange(0, total, total);
  }

  /** The range of one task: contiguous, sizes differ by at most one. */
  public static KeyGroupRange of(int task, int parallelism, int total) {
    return new KeyGroupRange(
        (task * total + parallelism - 1) / parallelism,
        ((task + 1) * total + parallelism - 1) / parallelism,
        total);
  }

  /** The task that owns a key group. */
  public static int taskOf(int keyGroup, int parallelism, int total) {
    return keyGroup * parallelism / total;
  }

  /** The key group of a key with this hash: murmur3's finaliser, as Flink does it. */
  public static int keyGroup(int hash, int total) {
    int h = hash;
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    h ^= h >>> 16;
    return (h & Integer.MAX_VALUE) % total;
  }

  public boolean contains(int keyGroup) {
    return keyGroup >= first && keyGroup < end;
  }

  public int size() {
    return end - first;
  }
}
