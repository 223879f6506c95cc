package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.spill.ByteSlice;
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
  @Nullable Object output(@Nullable Object aggregate) {
    return combiner.extract(aggregate == ABSENT ? combiner.create() : aggregate);
  }

  @Override
  long bytes(long keys) {
    return keys * bytesPerAccumulator;
  }

  /** An object takes about twice its encoding and a header; the mean follows slowly. */
  @Override
  void sample(KeyTable table) {
    int count = Math.min(SAMPLES, table.size());
    if (count == 0) {
      return;
    }
    sink.reset();
    int stride = table.size() / count;
    for (int i = 0; i < count; i++) {
      Combiner.encode(coder, combiner.compact(table.aggregate(i * stride)), sink);
    }
    long sampled = 32 + 2L * sink.size() / count;
    bytesPerAccumulator = Math.max(sampled, (bytesPerAccumulator + sampled) / 2);
  }

  @Override
  void forget() {}

  @Override
  void write(@Nullable Object aggregate, PieceWriter writer) {
    sink.reset();
    Combiner.encode(coder, combiner.compact(aggregate), sink);
    writer.write(sink.array(), 0, sink.size());
  }

  @Override
  @Nullable Object outputOf(Iterable<ByteSlice> pieces, int header) {
    Object merged = ABSENT;
    for (ByteSlice piece : pieces) {
      Object next = EncodedValues.decode(coder, piece.bytes(), piece.start() + header, piece.end());
      merged = merged == ABSENT ? next : combiner.merge(merged, next);
    }
    return output(merged);
  }
}
