package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import java.io.IOException;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * A task's own instance of a user's CombineFn. Whatever it throws leaves as {@code
 * UserCodeException}.
 */
final class Combiner {

  private final CombineFn<Object, Object, Object> fn;
  private final OptionsOnly context = new OptionsOnly();

  @SuppressWarnings("unchecked") // the translation has checked the fn against its collections
  Combiner(GlobalCombineFn<?, ?, ?> template) {
    GlobalCombineFn<?, ?, ?> own = SerializableUtils.clone(template);
    fn =
        own instanceof CombineFnWithContext<?, ?, ?> withContext
            ? new WithoutSideInputs((CombineFnWithContext<Object, Object, Object>) withContext)
            : (CombineFn<Object, Object, Object>) own;
  }

  /** Must be called before anything else. */
  void open(PipelineOptions options) {
    context.options = options;
  }

  @Nullable Object create() {
    try {
      return fn.createAccumulator();
    } catch (RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  /** Adds an input; the accumulator given must not be used any more. */
  @Nullable Object add(@Nullable Object accumulator, @Nullable Object input) {
    try {
      return fn.addInput(accumulator, input);
    } catch (RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  /** Merges two accumulators, neither of which must be used any more. */
  @Nullable Object merge(@Nullable Object left, @Nullable Object right) {
    return mergeAll(Arrays.asList(left, right));
  }

  /** Merges accumulators, none of which must be used any more. */
  @Nullable Object mergeAll(Iterable<@Nullable Object> accumulators) {
    try {
      return fn.mergeAccumulators(accumulators);
    } catch (RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  @Nullable Object compact(@Nullable Object accumulator) {
    try {
      return fn.compact(accumulator);
    } catch (RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  @Nullable Object extract(@Nullable Object accumulator) {
    try {
      return fn.extractOutput(accumulator);
    } catch (RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  /** The user's own fn. */
  CombineFn<Object, Object, Object> fn() {
    return fn;
  }

  /**
   * This as a CombineFn for Beam's state cells.
   *
   * @param lifted whether its inputs are accumulators
   */
  CombineFn<Object, Object, Object> asCombineFn(boolean lifted) {
    return new CellCombineFn(this, lifted);
  }

  /** Encodes with a user's coder. */
  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  static <T> void encode(Coder<T> coder, @Nullable T value, ByteSink sink) {
    try {
      coder.encode(value, sink);
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  /** Not serializable although its supertype says so: it never leaves its task. */
  @SuppressWarnings("serial")
  private static final class CellCombineFn extends CombineFn<Object, Object, Object> {
    private final transient Combiner combiner;
    private final boolean lifted;

    CellCombineFn(Combiner combiner, boolean lifted) {
      this.combiner = combiner;
      this.lifted = lifted;
    }

    @Override
    public @Nullable Object createAccumulator() {
      return combiner.create();
    }

    @Override
    public @Nullable Object addInput(@Nullable Object accumulator, @Nullable Object input) {
      return lifted ? combiner.merge(accumulator, input) : combiner.add(accumulator, input);
    }

    @Override
    public @Nullable Object mergeAccumulators(Iterable<Object> accumulators) {
      return combiner.mergeAll(accumulators);
    }

    @Override
    public @Nullable Object compact(@Nullable Object accumulator) {
      return combiner.compact(accumulator);
    }

    @Override
    public @Nullable Object extractOutput(@Nullable Object accumulator) {
      return combiner.extract(accumulator);
    }
  }

  /** Not serializable although its supertype says so: it never leaves its task. */
  @SuppressWarnings("serial")
  private final class WithoutSideInputs extends CombineFn<Object, Object, Object> {
    private final transient CombineFnWithContext<Object, Object, Object> target;

    WithoutSideInputs(CombineFnWithContext<Object, Object, Object> target) {
      this.target = target;
    }

    @Override
    public Object createAccumulator() {
      return target.createAccumulator(context);
    }

    @Override
    public Object addInput(Object accumulator, Object input) {
      return target.addInput(accumulator, input, context);
    }

    @Override
    public Object mergeAccumulators(Iterable<Object> accumulators) {
      return target.mergeAccumulators(accumulators, context);
    }

    @Override
    public Object compact(Object accumulator) {
      return target.compact(accumulator, context);
    }

    @Override
    public Object extractOutput(Object accumulator) {
      return target.extractOutput(accumulator, context);
    }
  }

  /** A combine with side inputs is translated part by part and never comes here. */
  private static final class OptionsOnly extends CombineWithContext.Context {
    private @Nullable PipelineOptions options;

    @Override
    public PipelineOptions getPipelineOptions() {
      if (options == null) {
        throw new IllegalStateException("Not open");
      }
      return options;
    }

    @Override
    public <T> T sideInput(PCollectionView<T> view) {
      throw new IllegalArgumentException("A combine without side inputs asks for " + view);
    }
  }
}
