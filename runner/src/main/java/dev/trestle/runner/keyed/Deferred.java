package dev.trestle.runner.keyed;

import java.util.function.Supplier;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/** A read that happens when it is asked for; there is nothing to fetch ahead. */
final class Deferred<T extends @Nullable Object> implements ReadableState<T> {

  private final Supplier<T> reader;

  Deferred(Supplier<T> reader) {
    this.reader = reader;
  }

  @Override
  public T read() {
    return reader.get();
  }

  @Override
  public ReadableState<T> readLater() {
    return this;
  }
}
