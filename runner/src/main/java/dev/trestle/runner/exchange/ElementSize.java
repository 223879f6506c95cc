package dev.trestle.runner.exchange;

import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * Estimates what the elements of a collection take in memory as objects: about twice their encoding
 * and a header. One in {@value #SAMPLE} is encoded; an estimate that was too small is corrected at
 * once, one that was too large slowly.
 */
public final class ElementSize {

  private static final int SAMPLE = 64;
  private static final int HEADER = 32;

  private final Coder<Object> coder;
  private final ByteSink sink = new ByteSink();
  private int untilSample;
  private long estimate;

  public ElementSize(Coder<Object> coder) {
    this.coder = coder;
  }

  /** The estimate for an element, in bytes. */
  public long of(@Nullable Object element) {
    if (untilSample-- == 0) {
      sample(element);
    }
    return estimate;
  }

  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  private void sample(@Nullable Object element) {
    untilSample = SAMPLE - 1;
    sink.reset();
    try {
      coder.encode(element, sink);
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
    estimate = next(estimate, sink.size(), 1);
  }

  /**
   * An estimate that has seen one more sample, of one element or several.
   *
   * @param estimate the one before, in bytes; 0 or a guess before the first sample
   * @param encoded the length of the elements' encodings together, in bytes
   */
  public static long next(long estimate, long encoded, int elements) {
    long sampled = HEADER + 2 * encoded / elements;
    return Math.max(sampled, (estimate + sampled) / 2);
  }
}
