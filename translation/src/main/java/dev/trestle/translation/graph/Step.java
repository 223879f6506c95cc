package dev.trestle.translation.graph;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.jspecify.annotations.Nullable;

/**
 * What one node does. The set is closed: an engine has an operator for each.
 *
 * <p>A flatten is not a step: its readers read each of its inputs.
 */
public sealed interface Step {

  TransformName transform();

  // ---- Sources: roots without an input edge ------------------------------------------------

  /** One empty byte array in the global window at the beginning of time. */
  record Impulse(TransformName transform) implements Step {}

  /** Reads a bounded source. */
  record BoundedRead(TransformName transform, BoundedSource<?> source) implements Step {}

  /** Reads an unbounded source. */
  record UnboundedRead(TransformName transform, UnboundedSource<?, ?> source) implements Step {}

  /** A script of elements, watermarks and processing time; it drives the job's clock. */
  record ScriptedSource(TransformName transform, TestStream<?> script) implements Step {}

  /** Produces nothing and ends at once: a flatten of no collections. */
  record Empty(TransformName transform) implements Step {}

  // ---- Steps that need no edge before them -------------------------------------------------

  /**
   * Calls a DoFn without state, timers or restriction.
   *
   * @param input what it reads
   */
  record ParDo(TransformName transform, Collection input, DoFnSpec fn) implements Step {}

  /** Replaces every element's windows by those that the window fn assigns. */
  record AssignWindows(TransformName transform, Collection input, WindowFn<?, ?> windowFn)
      implements Step {}

  /** Element -> KV(element, KV(initial restriction, initial watermark estimator state)). */
  record PairWithRestriction(TransformName transform, Collection input, DoFnSpec fn)
      implements Step {}

  /**
   * Splits each restriction and adds its size: -> KV(KV(element, KV(restriction, state)), size).
   */
  record SplitAndSizeRestrictions(TransformName transform, Collection input, DoFnSpec fn)
      implements Step {}

  /**
   * The lifted half of a combine: KV(key, element) -> KV(key, accumulator), each key and window
   * seldom more than once. An accumulator's timestamp is its elements' timestamps, combined by the
   * input's timestamp combiner; none may be kept back beyond the end of a bundle.
   *
   * @param input elements before combining; its coder is a {@code KvCoder}
   */
  record Precombine(
      TransformName transform,
      Collection input,
      GlobalCombineFn<?, ?, ?> combineFn,
      Coder<?> accumulatorCoder)
      implements Step {}

  /**
   * KV(key, iterable of elements) -> KV(key, combined); stands alone, after a user's GroupByKey.
   */
  record CombineGroupedValues(
      TransformName transform, Collection input, GlobalCombineFn<?, ?, ?> combineFn)
      implements Step {}

  /**
   * Makes of each element what another coder reads of the bytes that one has written: between
   * elements that are objects and those that stay encoded.
   *
   * @param input what it reads
   * @param writer writes elements of the input
   * @param reader reads what comes out
   */
  record Recode(TransformName transform, Collection input, Coder<?> writer, Coder<?> reader)
      implements Step {}

  /**
   * Has transforms of another environment run by its SDK harness, as one. A root behind a keyed
   * edge where one of them has state or timers, behind a rebalance edge where it processes
   * restrictions, and else fused to what is before it.
   *
   * @param transform the first of them stands for all
   */
  record Harness(TransformName transform, Collection input, HarnessSpec spec) implements Step {}

  // ---- Roots behind an edge ----------------------------------------------------------------

  /**
   * Passes elements on as they are, behind a rebalance or keyed edge: Reshuffle, Redistribute, and
   * the places where fusion had to cut.
   */
  record Redistribute(TransformName transform, Collection input) implements Step {}

  /** Calls a DoFn with state or timers, key by key. */
  record StatefulParDo(TransformName transform, Collection input, DoFnSpec fn) implements Step {}

  /** Calls a splittable DoFn on what {@link SplitAndSizeRestrictions} made. */
  record ProcessSizedElements(TransformName transform, Collection input, DoFnSpec fn)
      implements Step {}

  /**
   * KV(key, value) -> KV(key, iterable of values), by window and trigger.
   *
   * @param merging how to learn which windows merge where only an SDK knows; null where there are
   *     none such. An element that goes in is a KV of any bytes and an iterable of windows; what
   *     comes out is a KV of the same bytes and a KV of the windows that stay, and an iterable of
   *     KVs of a window that others have become, and these
   */
  record GroupByKey(
      TransformName transform, Collection input, HarnessSpec.@Nullable Inquiry merging)
      implements Step {

    public GroupByKey(TransformName transform, Collection input) {
      this(transform, input, null);
    }
  }

  /**
   * KV(key, element or accumulator) -> KV(key, combined), by window and trigger.
   *
   * @param input its coder is a {@code KvCoder} of the key's coder and the element's, or the
   *     accumulator's where {@code lifted}
   * @param lifted whether a {@link Precombine} has made accumulators of the elements
   */
  record CombinePerKey(
      TransformName transform,
      Collection input,
      GlobalCombineFn<?, ?, ?> combineFn,
      Coder<?> accumulatorCoder,
      boolean lifted)
      implements Step {}

  /**
   * Gathers a collection per window and publishes each pane as the new contents of a side input.
   * Its one output is read only through broadcast edges; an element of it is a pane: the iterable
   * of all elements.
   *
   * @param materialization URN of the access pattern: iterable or multimap
   */
  record View(TransformName transform, Collection input, String materialization) implements Step {}
}
