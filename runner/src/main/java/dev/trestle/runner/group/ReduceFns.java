package dev.trestle.runner.group;

import org.apache.beam.runners.core.MergingStateAccessor;
import org.apache.beam.runners.core.StateMerging;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** What {@code ReduceFnRunner} is told to do with the values of a key and window. */
final class ReduceFns {

  /** As {@code SystemReduceFn} calls its cell. */
  private static final String BUFFER = "buf";

  private ReduceFns() {}

  /** Buffers all values. */
  static SystemReduceFn<Object, Object, ?, ?, BoundedWindow> buffering(Coder<Object> valueCoder) {
    return SystemReduceFn.buffering(valueCoder);
  }

  /**
   * Combines values. {@code SystemReduceFn.combining} would clone the fn, which is not
   * serializable.
   *
   * @param lifted whether values are accumulators
   */
  static SystemReduceFn<Object, Object, ?, ?, BoundedWindow> combining(
      Combiner combiner, Coder<Object> accumulatorCoder, boolean lifted) {
    StateTag<CombiningState<Object, Object, Object>> tag =
        StateTags.makeSystemTagInternal(
            StateTags.combiningValue(BUFFER, accumulatorCoder, combiner.asCombineFn(lifted)));
    return new SystemReduceFn<Object, Object, Object, Object, BoundedWindow>(tag) {
      @Override
      public void prefetchOnMerge(MergingStateAccessor<Object, BoundedWindow> state) {
        StateMerging.prefetchCombiningValues(state, tag);
      }

      @Override
      public void onMerge(OnMergeContext merge) {
        StateMerging.mergeCombiningValues(merge.state(), tag);
      }
    };
  }
}
