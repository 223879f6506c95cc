package dev.trestle.runner.engine;

import dev.trestle.state.rocks.RocksMemory;
import dev.trestle.state.rocks.RocksResources;
import org.jspecify.annotations.Nullable;

/**
 * What the keyed state of all tasks of a job shares. It is made when the first of them has more
 * state than its cache holds, or takes a checkpoint. Thread safe.
 */
public final class SharedRocks implements AutoCloseable {

  private final int threads;
  private @Nullable RocksResources resources;
  private boolean closed;

  /**
   * Nothing so far.
   *
   * @param threads that may flush and compact, besides the tasks' own
   */
  public SharedRocks(int threads) {
    this.threads = threads;
  }

  /** The resources, made if need be. */
  synchronized RocksResources get() {
    if (closed) {
      throw new IllegalStateException("The job has ended");
    }
    if (resources == null) {
      resources = new RocksResources(RocksMemory.DEFAULT, threads);
    }
    return resources;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (resources != null) {
      resources.close();
    }
  }
}
