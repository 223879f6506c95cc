package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.spill.ByteSlice;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates are {@link EncodedValues}. Values that come as bytes are kept so and decoded when the
 * user iterates; those that come as objects are encoded, for a byte array of a key costs the
 * collector less than its values as objects.
 */
final class Collecting extends Reduction {

  private static final int BYTES_PER_LIST = 64;

  /** A spilled list of so many bytes is brought back into memory as a whole. */
  private static final long MOST_COPIED = 1L << 20;

  private final Coder<Object> coder;
  private final ByteSink sink = new ByteSink();
  private long valueBytes;

  Collecting(Coder<Object> valueCoder) {
    coder = valueCoder;
  }

  @Override
  void open(OperatorContext context) {}

  @Override
  Object add(@Nullable Object aggregate, Batch batch, int index) {
    if (batch.format().valueByObject()) {
      sink.reset();
      Combiner.encode(coder, batch.value(index), sink);
      return addPiece(aggregate, sink.array(), 0, sink.size());
    }
    return addPiece(aggregate, batch.valueBytes(), batch.valueStart(index), batch.valueEnd(index));
  }

  @Override
  void writeElement(Batch batch, int index, ByteSink target) {
    if (batch.format().valueByObject()) {
      Combiner.encode(coder, batch.value(index), target);
    } else {
      int start = batch.valueStart(index);
      target.write(batch.valueBytes(), start, batch.valueEnd(index) - start);
    }
  }

  @Override
  Object addPiece(@Nullable Object aggregate, byte[] bytes, int start, int end) {
    if (aggregate instanceof EncodedValues values) {
      valueBytes += values.add(bytes, start, end);
      return values;
    }
    EncodedValues values = new EncodedValues(end - start);
    values.add(bytes, start, end);
    valueBytes += values.capacity();
    return values;
  }

  @Override
  Object own(@Nullable Object shared) {
    EncodedValues copy = values(shared).copy();
    valueBytes += copy.capacity();
    return copy;
  }

  @Override
  Object merge(@Nullable Object own, @Nullable Object more, boolean shared) {
    EncodedValues values = values(own);
    valueBytes += values.addAll(values(more));
    if (!shared) {
      release(more);
    }
    return values;
  }

  @Override
  boolean concatenates() {
    return true;
  }

  @Override
  Object output(@Nullable Object aggregate) {
    return aggregate == ABSENT ? List.of() : values(aggregate).view(coder);
  }

  private static EncodedValues values(@Nullable Object aggregate) {
    if (aggregate instanceof EncodedValues values) {
      return values;
    }
    throw new IllegalStateException("Not a list of values: " + aggregate);
  }

  @Override
  long bytes(long keys) {
    return keys * BYTES_PER_LIST + valueBytes;
  }

  @Override
  void sample(int count, IntFunction<@Nullable Object> aggregates) {}

  @Override
  void release(@Nullable Object aggregate) {
    if (aggregate instanceof EncodedValues values) {
      valueBytes -= values.capacity();
    }
  }

  @Override
  void forget() {
    valueBytes = 0;
  }

  @Override
  void write(@Nullable Object aggregate, PieceWriter writer) {
    for (EncodedValues.RecordCursor cursor = values(aggregate).cursor(); cursor.next(); ) {
      writer.write(cursor.bytes, cursor.start, cursor.end);
    }
  }

  @Override
  void copyTo(@Nullable Object aggregate, PieceWriter writer) {
    write(aggregate, writer);
  }

  /**
   * A list that fits is copied, so that it stays good for as long as anybody keeps it; a longer one
   * is read from disk while the user iterates, and only until the next key.
   */
  @Override
  Object outputOf(Iterable<ByteSlice> pieces, int header) {
    EncodedValues copied = new EncodedValues(0);
    long bytes = 0;
    for (ByteSlice piece : pieces) {
      bytes += piece.length();
      if (bytes > MOST_COPIED) {
        return decoding(pieces, header);
      }
      copied.add(piece.bytes(), piece.start() + header, piece.end());
    }
    return copied.view(coder);
  }

  private Iterable<Object> decoding(Iterable<ByteSlice> pieces, int header) {
    return () -> {
      Iterator<ByteSlice> encoded = pieces.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return encoded.hasNext();
        }

        @Override
        public Object next() {
          ByteSlice piece = encoded.next();
          return EncodedValues.decode(coder, piece.bytes(), piece.start() + header, piece.end());
        }
      };
    };
  }
}
