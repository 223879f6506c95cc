package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.MergeStatus;
import org.apache.beam.model.pipeline.v1.RunnerApi.OutputTime;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Whether a combine may pre-aggregate in front of its keyed edge without anybody noticing.
 *
 * <p>A pre-aggregate stands for several elements of one key and window, so it must not matter to
 * the grouping how many there were, nor which timestamp each had:
 *
 * <ul>
 *   <li>Windows must not merge: which window an element ends up in is not known before the edge.
 *   <li>No part of the trigger may look at single elements. Counting triggers do; so does the one
 *       that fires for every element. Watermark triggers do not, nor do those of processing time:
 *       they start with the first element of a pane, and a pre-aggregate is not kept back beyond
 *       its bundle.
 *   <li>In an unbounded collection panes must be stamped by the end of the window. With the
 *       earliest or latest timestamp an element behind the watermark has no say in the pane's
 *       timestamp, but mixed into a pre-aggregate it would. Bounded input is never behind.
 * </ul>
 *
 * Lateness is no obstacle: elements are dropped by window, and a pre-aggregate is of one window.
 */
final class CombineLifting {
  /** Not for instances. */
  private CombineLifting() {}

  static boolean allowed(Collection input) {
    WindowingStrategy<?, ?> windowing = input.windowing();
    return !windowing.needsMerge()
        && (input.bounded() || windowing.getTimestampCombiner() == TimestampCombiner.END_OF_WINDOW)
        && !CountingTriggers.counts(TriggerTranslation.toProto(windowing.getTrigger()));
  }

  /**
   * The same by proto, where what stands behind it is not here.
   *
   * @param bounded whether the input ends by itself
   */
  static boolean allowed(RunnerApi.WindowingStrategy windowing, boolean bounded) {
    return windowing.getMergeStatus() != MergeStatus.Enum.NEEDS_MERGE
        && (bounded || windowing.getOutputTime() == OutputTime.Enum.END_OF_WINDOW)
        && !CountingTriggers.counts(windowing.getTrigger());
  }
}
