package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EdgeFormat;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.jspecify.annotations.Nullable;

/**
 * Makes accumulators that may be changed from one that several windows share.
 *
 * <p>{@code mergeAccumulators} may change every accumulator it is given, so a shared one has to be
 * copied through its coder first. That costs ten times what merging does. Some of the SDK's own fns
 * are known to change only the first accumulator; for those merging into a fresh one is enough.
 */
final class SharedAccumulators {

  /** Their {@code mergeAccumulators} changes only the first one, whatever a subclass adds. */
  private static final Set<Class<?>> FIRST_ONLY =
      Set.of(
          Combine.BinaryCombineIntegerFn.class,
          Combine.BinaryCombineLongFn.class,
          Combine.BinaryCombineDoubleFn.class);

  /** As above; private classes of the SDK. */
  private static final Set<String> FIRST_ONLY_NAMES =
      Set.of(
          "org.apache.beam.sdk.transforms.Count$CountFn",
          "org.apache.beam.sdk.transforms.Max$MaxFn",
          "org.apache.beam.sdk.transforms.Min$MinFn",
          "org.apache.beam.sdk.transforms.Mean$MeanFn");

  private final Combiner combiner;
  private final Coder<Object> coder;
  private final boolean immutable;
  private final boolean firstOnly;
  private final ByteSink sink = new ByteSink();

  SharedAccumulators(Combiner combiner, Coder<Object> coder) {
    this.combiner = combiner;
    this.coder = coder;
    immutable = EdgeFormat.isIdentity(coder);
    firstOnly = changesOnlyFirst(combiner.fn());
  }

  static boolean changesOnlyFirst(CombineFn<?, ?, ?> fn) {
    if (FIRST_ONLY_NAMES.contains(fn.getClass().getName())) {
      return true;
    }
    try {
      return FIRST_ONLY.contains(
          fn.getClass().getMethod("mergeAccumulators", Iterable.class).getDeclaringClass());
    } catch (NoSuchMethodException e) {
      throw new AssertionError("Every CombineFn has mergeAccumulators", e);
    }
  }

  /** An accumulator equal to a shared one that the caller may change. */
  @Nullable Object own(@Nullable Object shared) {
    if (immutable) {
      return shared;
    }
    return firstOnly ? combiner.merge(combiner.create(), shared) : copy(shared);
  }

  /** Merges a shared accumulator into one that the caller owns. */
  @Nullable Object merge(@Nullable Object own, @Nullable Object shared) {
    return combiner.merge(own, immutable || firstOnly ? shared : copy(shared));
  }

  private Object copy(@Nullable Object accumulator) {
    sink.reset();
    Combiner.encode(coder, accumulator, sink);
    return EncodedValues.decode(coder, sink.array(), 0, sink.size());
  }
}
