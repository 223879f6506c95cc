package dev.trestle.runner.source;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import java.io.IOException;
import java.util.Arrays;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The elements between a reader and the first operator: some are read, then all are passed on. The
 * two loops are compiled apart, so that the code of the source and that of the pipeline do not
 * compete for what the JIT compiler inlines into one method; a source of a few hundred nanoseconds
 * an element gains a tenth to a quarter by it.
 *
 * <p>How many are read at a time follows the speed of the source, so that no element waits long for
 * those after it: one to begin with, more as long as that takes a few microseconds.
 */
final class ReadAhead {

  private static final int MOST = 64;

  /** A round should take about so long, in nanoseconds. */
  private static final long ROUND_NANOS = 100_000;

  private final @Nullable Object[] values = new @Nullable Object[MOST];
  private final Instant[] timestamps = new Instant[MOST];
  private int count;
  private int round = 1;

  /**
   * Reads some elements, none if the reader has none. Those of the last call are passed on by now.
   *
   * @param started whether the reader has been started
   * @param limit the most to read, at least 1
   * @return whether there may be more; false where the reader says that there is none, for now or
   *     for ever
   */
  boolean read(Source.Reader<?> reader, boolean started, int limit) throws IOException {
    int wanted = Math.min(round, limit);
    long begin = System.nanoTime();
    boolean more = (started ? reader.advance() : reader.start()) && fill(reader, wanted);
    long nanos = System.nanoTime() - begin;
    if (nanos > ROUND_NANOS) {
      round = Math.max(1, round / 2);
    } else if (count == round && nanos < ROUND_NANOS / 4) {
      round = Math.min(MOST, round * 2);
    }
    return more;
  }

  /** The reader stands at the first element to be read. */
  private boolean fill(Source.Reader<?> reader, int wanted) throws IOException {
    int read = 0;
    do {
      values[read] = reader.getCurrent();
      timestamps[read] = reader.getCurrentTimestamp();
      read++;
    } while (read < wanted && reader.advance());
    count = read;
    return read == wanted;
  }

  /** How many have been read and not been passed on. */
  int count() {
    return count;
  }

  /**
   * Drops what was read first of what has not been passed on.
   *
   * @return how many; {@code most} or all that there are
   */
  int drop(long most) {
    int dropped = (int) Math.min(most, count);
    System.arraycopy(values, dropped, values, 0, count - dropped);
    System.arraycopy(timestamps, dropped, timestamps, 0, count - dropped);
    Arrays.fill(values, count - dropped, count, null);
    count -= dropped;
    return dropped;
  }

  /** Passes on what was read, each element with the same metadata. */
  void passOn(Receiver output, @Nullable Metadata metadata, Slice slice) {
    int read = count;
    count = 0;
    for (int i = 0; i < read; i++) {
      output.accept(values[i], timestamps[i], GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, metadata);
      values[i] = null;
      slice.spend();
    }
  }
}
