package dev.trestle.runner.operator;

import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Takes elements one by one, flat: no envelope object is made for an element that stays within a
 * stage. Always accepts. Called only by the thread that runs the task.
 */
public interface Receiver {

  /**
   * Takes one element.
   *
   * @param value the element; must not be changed by anybody from here on
   * @param timestamp event time
   * @param windows a {@code BoundedWindow} where there is one, else a {@code Collection} of them;
   *     see {@link Windows}
   * @param metadata null where there is nothing to tell, which is nearly always
   */
  void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata);
}
