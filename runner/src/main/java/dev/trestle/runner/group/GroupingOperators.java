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
    return switch (kind(step.input(), bounded)) {
      case BOUNDED ->
          new BoundedGroupingOperator(
              format, new Collecting(format.valueCoder()), rules(step.input()), output);
      case WINDOWED ->
          new WindowedGroupingOperator(
              format, new Collecting(format.valueCoder()), rules(step.input()), output);
      case GENERAL ->
          general(step.input(), format, ReduceFns.buffering(format.valueCoder()), null, output);
    };
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
    return switch (kind(step.input(), bounded)) {
      case BOUNDED ->
          new BoundedGroupingOperator(
              format,
              new Combining(combiner, accumulatorCoder, step.lifted()),
              rules(step.input()),
              output);
      case WINDOWED ->
          new WindowedGroupingOperator(
              format,
              new Combining(combiner, accumulatorCoder, step.lifted()),
              rules(step.input()),
              output);
      case GENERAL ->
          general(
              step.input(),
              format,
              ReduceFns.combining(combiner, accumulatorCoder, step.lifted()),
              combiner,
              output);
    };
  }

  /** The classes there are to choose from. */
  enum Kind {
    /** Every pane fires once, at the end of the input. */
    BOUNDED,
    /** All keys of a window fire together. */
    WINDOWED,
    /** Anything. */
    GENERAL
  }

  static Kind kind(Collection input, boolean bounded) {
    WindowingStrategy<?, ?> strategy = input.windowing();
    boolean lateData = !bounded && strategy.getAllowedLateness().getMillis() > 0;
    if (strategy.needsMerge()
        || !GroupingRules.firesAtEndOfWindow(strategy.getTrigger(), lateData)) {
      return Kind.GENERAL;
    }
    if (bounded) {
      return Kind.BOUNDED;
    }
    return strategy.getTimestampCombiner() == TimestampCombiner.LATEST
        ? Kind.GENERAL
        : Kind.WINDOWED;
  }

  private static GroupingRules rules(Collection input) {
    return GroupingRules.of(input.windowing());
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
    return new GeneralGroupingOperator(format, keyed, strategy(input), reduceFn, combiner, output);
  }

  @SuppressWarnings("unchecked") // the window fn of a collection made every window in it
  private static WindowingStrategy<?, BoundedWindow> strategy(Collection input) {
    return (WindowingStrategy<?, BoundedWindow>) input.windowing();
  }
}
