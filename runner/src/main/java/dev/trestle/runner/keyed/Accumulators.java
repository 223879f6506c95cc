package dev.trestle.runner.keyed;

import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Accumulators as a table holds them: as they are, but for null, which some functions use and a
 * table does not, and for which it holds an empty {@code Optional}.
 */
final class Accumulators<A extends @Nullable Object> {

  Object store(A accumulator) {
    return accumulator == null ? Optional.empty() : accumulator;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // store() made it; null where that was given null
  A restore(Object stored) {
    return stored == Optional.empty() ? null : (A) stored;
  }

  CoderSerializer<Object, A> serializer(Coder<A> coder) {
    return new CoderSerializer<>(coder, this::restore, this::store);
  }
}
