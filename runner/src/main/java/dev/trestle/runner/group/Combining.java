package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ElementSize;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.spill.ByteSlice;
import java.util.function.IntFunction;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/** Aggregates are accumulators of a CombineFn. */
final class Combining extends Reduction {

  /** What an accumulator is thought to take before the first sample. */
  private static final long FIRST_GUESS = 64;

  private static final int SAMPLES = 8;

  private final Combiner combiner;
  private final Coder<Object> coder;
  private final boolean lifted;
  private final SharedAccumulators shared;
  private final ByteSink sink = new ByteSink();
  private long bytesPerAccumulator = FIRST_GUESS;

  /**
   * @param lifted whether elements are accumulators themselves
   */
  Combining(Combiner combiner, Coder<Object> coder, boolean lifted) {
    this.combiner = combiner;
    this.coder = coder;
    this.lifted = lifted;
    shared = new SharedAccumulators(combiner, coder);
  }

  @Override
  void open(OperatorContext context) {
    combiner.open(context.options());
  }

  @Override
  @Nullable Object add(@Nullable Object aggregate, Batch batch, int index) {
    Object value = batch.value(index);
    if (aggregate == ABSENT) {
      return lifted ? value : combiner.add(combiner.create(), value);
    }
    return lifted ? combiner.merge(aggregate, value) : combiner.add(aggregate, value);
  }

  @Override
  @Nullable Object own(@Nullable Object aggregate) {
    return shared.own(aggregate);
  }

  @Override
  @Nullable Object merge(@Nullable Object own, @Nullable Object more, boolean isShared) {
    return isShared ? shared.merge(own, more) : combiner.merge(own, more);
  }

  @Override
  boolean concatenates() {
    return false;
  }

  @Override
  @Nullable Object output(@Nullable Object aggregate) {
    return combiner.extract(aggregate == ABSENT ? combiner.create() : aggregate);
  }

  @Override
  long bytes(long keys) {
    return keys * bytesPerAccumulator;
  }

  @Override
  void sample(int count, IntFunction<@Nullable Object> aggregates) {
    int samples = Math.min(SAMPLES, count);
    if (samples == 0) {
      return;
    }
    sink.reset();
    int stride = count / samples;
    for (int i = 0; i < samples; i++) {
      Combiner.encode(coder, combiner.compact(aggregates.apply(i * stride)), sink);
    }
    bytesPerAccumulator = ElementSize.next(bytesPerAccumulator, sink.size(), samples);
  }

  @Override
  void release(@Nullable Object aggregate) {}

  @Override
  void forget() {}

  @Override
  void write(@Nullable Object aggregate, PieceWriter writer) {
    sink.reset();
    Combiner.encode(coder, combiner.compact(aggregate), sink);
    writer.write(sink.array(), 0, sink.size());
  }

  @Override
  void copyTo(@Nullable Object aggregate, PieceWriter writer) {
    sink.reset();
    Combiner.encode(coder, aggregate, sink);
    writer.write(sink.array(), 0, sink.size());
  }

  @Override
  void writeElement(Batch batch, int index, ByteSink target) {
    Combiner.encode(coder, combiner.compact(add(ABSENT, batch, index)), target);
  }

  @Override
  @Nullable Object addPiece(@Nullable Object aggregate, byte[] bytes, int start, int end) {
    Object piece = EncodedValues.decode(coder, bytes, start, end);
    return aggregate == ABSENT ? piece : combiner.merge(aggregate, piece);
  }

  @Override
  @Nullable Object outputOf(Iterable<ByteSlice> pieces, int header) {
    Object merged = ABSENT;
    for (ByteSlice piece : pieces) {
      merged = addPiece(merged, piece.bytes(), piece.start() + header, piece.end());
    }
    return output(merged);
  }
}
