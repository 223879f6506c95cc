package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.spill.ByteSlice;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What the elements of one key and window become: a list, or a CombineFn's accumulator. */
abstract sealed class Reduction permits Collecting, Combining {

  /** The aggregate of no elements. */
  static final Object ABSENT = new Object();

  /** Must be called before anything else. */
  abstract void open(OperatorContext context);

  /** Adds element {@code index} of a batch to an aggregate, which must not be used any more. */
  abstract @Nullable Object add(@Nullable Object aggregate, Batch batch, int index);

  /** An aggregate equal to one that others use too, to be changed by the caller. */
  abstract @Nullable Object own(@Nullable Object shared);

  /**
   * Adds an aggregate to one that the caller owns. Neither is {@link #ABSENT}.
   *
   * @param shared whether others use {@code more} too
   */
  abstract @Nullable Object merge(@Nullable Object own, @Nullable Object more, boolean shared);

  /** Whether the aggregates of a key take as much room as the one that they would merge into. */
  abstract boolean concatenates();

  /** What a pane hands out. */
  abstract @Nullable Object output(@Nullable Object aggregate);

  // ---- Leaving memory, and coming back -----------------------------------------------------

  /**
   * About how many bytes the aggregates take that were made since the last {@link #forget} and not
   * {@link #release released}.
   *
   * @param keys how many aggregates there are
   */
  abstract long bytes(long keys);

  /**
   * Looks at some aggregates, to estimate better.
   *
   * @param count how many there are
   * @param aggregates gives each of them
   */
  abstract void sample(int count, IntFunction<@Nullable Object> aggregates);

  /** Says that an aggregate has been dropped. */
  abstract void release(@Nullable Object aggregate);

  /** Says that all aggregates have been dropped. */
  abstract void forget();

  /**
   * Writes an aggregate, which must not be used any more, in pieces, from which {@link #outputOf}
   * can go on.
   */
  abstract void write(@Nullable Object aggregate, PieceWriter writer);

  /** Writes an aggregate as {@link #write} does; it may be used on. */
  abstract void copyTo(@Nullable Object aggregate, PieceWriter writer);

  /** Writes element {@code index} of a batch as a piece. */
  abstract void writeElement(Batch batch, int index, ByteSink target);

  /** Adds a piece, {@code [start, end)} of an array, to an aggregate that the caller owns. */
  abstract @Nullable Object addPiece(@Nullable Object aggregate, byte[] bytes, int start, int end);

  /**
   * What a pane hands out, from the pieces of all its aggregates.
   *
   * @param pieces good only as long as the caller says
   * @param header how many bytes stand in front of each piece
   */
  abstract @Nullable Object outputOf(Iterable<ByteSlice> pieces, int header);

  /** Takes a piece of an aggregate. */
  interface PieceWriter {
    void write(byte[] bytes, int start, int end);
  }
}
