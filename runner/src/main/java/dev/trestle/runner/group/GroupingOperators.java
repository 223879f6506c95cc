package dev.trestle.runner.group;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import java.util.function.Function;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/** Chooses the operator for a grouping step. */
public final class GroupingOperators {

  private GroupingOperators() {}

  /**
   * The operator for a GroupByKey.
   *
   * @param format of the keyed edge that the operator reads
   * @param bounded whether the input ends by itself and nobody wants results before that
   * @param output takes {@code KV}s of key and iterable
   */
  public static InputOperator create(
      Step.GroupByKey step, EdgeFormat format, boolean bounded, Receiver output) {
    Kind kind = kind(step.input(), bounded);
    return kind == Kind.GENERAL
        ? general(step.input(), format, ReduceFns.buffering(format.valueCoder()), null, output)
        : special(kind, step.input(), format, new Collecting(format.valueCoder()), output);
  }

  /**
   * The operator for a combine.
   *
   * @param format of the keyed edge that the operator reads
   * @param bounded whether the input ends by itself and nobody wants results before that
   * @param output takes {@code KV}s of key and result
   */
  public static InputOperator create(
      Step.CombinePerKey step, EdgeFormat format, boolean bounded, Receiver output) {
    Combiner combiner = new Combiner(step.combineFn());
    @SuppressWarnings("unchecked") // the translation took it from the fn's own payload
    Coder<Object> accumulatorCoder = (Coder<Object>) step.accumulatorCoder();
    Kind kind = kind(step.input(), bounded);
    return kind == Kind.GENERAL
        ? general(
            step.input(),
            format,
            ReduceFns.combining(combiner, accumulatorCoder, step.lifted()),
            combiner,
            output)
        : special(
            kind,
            step.input(),
            format,
            new Combining(combiner, accumulatorCoder, step.lifted()),
            output);
  }

  /** The classes there are to choose from. */
  enum Kind {
    /** Every pane fires once, at the end of the input. */
    BOUNDED,
    /** The same, with windows that merge. */
    BOUNDED_MERGING,
    /** All keys of a window fire together. */
    WINDOWED,
    /** A key has its own windows, which merge and fire at their end. */
    MERGING,
    /** Anything. */
    GENERAL
  }

  static Kind kind(Collection input, boolean bounded) {
    WindowingStrategy<?, ?> strategy = input.windowing();
    boolean lateData = !bounded && strategy.getAllowedLateness().getMillis() > 0;
    boolean atEnd = GroupingRules.firesAtEndOfWindow(strategy.getTrigger(), lateData);
    boolean byCount = GroupingRules.elementCount(strategy.getTrigger()) > 0;
    TimestampCombiner timestamps = strategy.getTimestampCombiner();
    if (strategy.needsMerge()) {
      if (bounded && atEnd) {
        return Kind.BOUNDED_MERGING;
      }
      return (atEnd || byCount) && timestamps.dependsOnlyOnWindow() ? Kind.MERGING : Kind.GENERAL;
    }
    if (!atEnd) {
      return Kind.GENERAL;
    }
    return bounded
        ? Kind.BOUNDED
        : timestamps == TimestampCombiner.LATEST ? Kind.GENERAL : Kind.WINDOWED;
  }

  private static InputOperator special(
      Kind kind, Collection input, EdgeFormat format, Reduction reduction, Receiver output) {
    WindowingStrategy<?, ?> strategy = input.windowing();
    GroupingRules rules = GroupingRules.of(strategy);
    return switch (kind) {
      case BOUNDED -> new BoundedGroupingOperator(format, reduction, rules, output);
      case BOUNDED_MERGING -> {
        Coder<BoundedWindow> windows = input.windowCoder();
        WindowMerging merging = WindowMerging.of(strategy, reduction);
        yield merging instanceof SessionMerging sessions
            ? new BoundedSessionsOperator(format, reduction, rules, sessions, windows, output)
            : new BoundedMergingOperator(
                format, reduction, rules, (FnMerging) merging, windows, output);
      }
      case WINDOWED ->
          new WindowedGroupingOperator(format, reduction, rules, input.windowCoder(), output);
      case MERGING ->
          new MergingGroupingOperator(
              format,
              reduction,
              rules,
              WindowMerging.of(strategy, reduction),
              input.windowCoder(),
              output);
      case GENERAL -> throw new IllegalArgumentException("Not a special case: " + input);
    };
  }

  private static InputOperator general(
      Collection input,
      EdgeFormat format,
      SystemReduceFn<Object, Object, ?, ?, BoundedWindow> reduceFn,
      @Nullable Combiner combiner,
      Receiver output) {
    Function<OperatorContext, KeyedContext> keyed =
        context ->
            KeyedContext.create(
                context, format.keyCoder(), format.keyByObject(), input.windowCoder());
    return new GeneralGroupingOperator(keyed, strategy(input), reduceFn, combiner, output);
  }

  @SuppressWarnings("unchecked") // the window fn of a collection made every window in it
  private static WindowingStrategy<?, BoundedWindow> strategy(Collection input) {
    return (WindowingStrategy<?, BoundedWindow>) input.windowing();
  }
}
