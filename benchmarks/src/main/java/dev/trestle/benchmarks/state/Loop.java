package dev.trestle.benchmarks.state;

import java.util.function.LongSupplier;

/** Adds one to the counters of keys. */
interface Loop extends AutoCloseable {

  /** So many operations come together, as they do in a batch of an edge. */
  int BATCH = 1024;

  /** Reads and writes the counters of {@link #BATCH} keys. */
  void batch(LongSupplier numbers);

  @Override
  void close();
}
