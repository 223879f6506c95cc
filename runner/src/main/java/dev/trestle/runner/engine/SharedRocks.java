package dev.trestle.runner.engine;

import dev.trestle.state.rocks.RocksMemory;
import dev.trestle.state.rocks.RocksResources;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the keyed state of all tasks of a job shares. It is made when the first of them has more
 * state than its cache holds, or takes a checkpoint. Thread safe.
 */
public final class SharedRocks implements AutoCloseable {

  private final Supplier<RocksResources> maker;
  private @Nullable RocksResources resources;
  private boolean closed;

  /**
   * Nothing so far.
   *
   * @param threads that may flush and compact, besides the tasks' own
   */
  public SharedRocks(int threads) {
    this(() -> new RocksResources(RocksMemory.DEFAULT, threads));
  }

  /** For simulation: see {@link RocksResources#repeatable}. */
  static SharedRocks repeatable() {
    return new SharedRocks(() -> RocksResources.repeatable(RocksMemory.DEFAULT));
  }

  private SharedRocks(Supplier<RocksResources> maker) {
    this.maker = maker;
  }

  /** The resources, made if need be. */
  synchronized RocksResources get() {
    if (closed) {
      throw new IllegalStateException("The job has ended");
    }
    if (resources == null) {
      resources = maker.get();
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
