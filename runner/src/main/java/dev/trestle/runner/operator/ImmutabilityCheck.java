package dev.trestle.runner.operator;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.IllegalMutationException;
import org.apache.beam.sdk.util.MutationDetector;
import org.apache.beam.sdk.util.MutationDetectors;
import org.apache.beam.sdk.util.UserCodeException;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Stands between two steps and checks that the second leaves the elements it is given as they are.
 * For tests: it encodes every element.
 */
public final class ImmutabilityCheck implements Receiver {

  private final Receiver next;
  private final Coder<Object> coder;
  private final String producer;

  /**
   * A check.
   *
   * @param coder of the elements
   * @param producer full name of the transform that made them
   */
  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  public ImmutabilityCheck(Receiver next, Coder<?> coder, String producer) {
    this.next = next;
    this.coder = (Coder<Object>) coder;
    this.producer = producer;
  }

  @Override
  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    MutationDetector detector;
    try {
      detector = MutationDetectors.forValueWithCoder(value, coder);
    } catch (CoderException e) {
      throw UserCodeException.wrap(e);
    }
    next.accept(value, timestamp, windows, pane, metadata);
    try {
      detector.verifyUnmodified();
    } catch (IllegalMutationException e) {
      throw UserCodeException.wrap(
          new IllegalMutationException(
              String.format(
                  "An element that %s put out was changed by a step that read it; Beam forbids that."
                      + " Before: %s, after: %s",
                  producer, e.getSavedValue(), e.getNewValue()),
              e.getSavedValue(),
              e.getNewValue(),
              e));
    }
  }
}
