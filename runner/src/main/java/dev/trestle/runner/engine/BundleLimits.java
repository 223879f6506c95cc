package dev.trestle.runner.engine;

/**
 * How large a bundle, a task's turn, may get.
 *
 * @param maxElements at least 1
 * @param maxNanos nanoseconds, at least 1
 * @param flushNanos how long operators may keep partial aggregates back when no watermark passes,
 *     in nanoseconds
 */
record BundleLimits(int maxElements, long maxNanos, long flushNanos) {

  /** Whether what operators keep back should go on as soon as there is nothing else to do. */
  boolean flushesWhenIdle() {
    return flushNanos < Long.MAX_VALUE;
  }

  /** Whether operators should hand on what they keep back, last done at {@code lastFlushNanos}. */
  boolean isFlushDue(long lastFlushNanos) {
    return flushesWhenIdle() && System.nanoTime() - lastFlushNanos >= flushNanos;
  }
}
