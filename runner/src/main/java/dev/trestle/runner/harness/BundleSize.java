package dev.trestle.runner.harness;

/**
 * How large a bundle at a worker gets, at most. It spans bundles of the task: those end whenever
 * the task's turn does, and a bundle at a worker costs some hundred microseconds, whatever its
 * size.
 *
 * @param elements at least 1
 * @param bytes after which no more is added, at least 1
 * @param nanos for which it takes elements in, at least 1
 */
public record BundleSize(int elements, long bytes, long nanos) {

  /** Of encoded elements. With what comes back a task may have several times as much in memory. */
  private static final long MOST_BYTES = 8 << 20;

  /** A size in bytes that suits workers. */
  public BundleSize(int elements, long nanos) {
    this(elements, MOST_BYTES, nanos);
  }
}
