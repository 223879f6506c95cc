package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.group.EncodedValues.RecordCursor;
import dev.trestle.runner.operator.Receiver;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Which of a user's windows merge only the user's {@code WindowFn} knows, and it is asked once for
 * each key, in the end. Until then a key has its elements one by one, with their windows, as bytes:
 * they take a third of what objects would, and cost the collector nothing.
 */
final class BoundedMergingOperator extends BoundedKeysOperator {

  private static final int BYTES_PER_KEY = 64;

  private final KeyAssembly assembly;
  private final ByteSink record = new ByteSink();
  private long recordBytes;

  BoundedMergingOperator(
      EdgeFormat format,
      Reduction reduction,
      GroupingRules rules,
      FnMerging merging,
      Coder<BoundedWindow> windowCoder,
      Receiver output) {
    super(format, reduction, rules, merging, windowCoder, output);
    assembly = new KeyAssembly(reduction, merging, records);
  }

  @Override
  Object add(@Nullable Object ofKey, Batch batch, int index, BoundedWindow window) {
    records.begin(record, batch.timestampMillis(index), window);
    reduction.writeElement(batch, index, record);
    if (ofKey instanceof EncodedValues known) {
      recordBytes += known.add(record.array(), 0, record.size());
      return known;
    }
    EncodedValues first = new EncodedValues(record.size());
    first.add(record.array(), 0, record.size());
    recordBytes += first.capacity();
    return first;
  }

  @Override
  void sample(KeyTable table) {}

  @Override
  long bytes() {
    return BYTES_PER_KEY * footprint.keys() + recordBytes;
  }

  @Override
  void spill(@Nullable Object ofKey, SpilledWindows target) {
    for (RecordCursor cursor = recordsOf(ofKey).cursor(); cursor.next(); ) {
      target.add(cursor.bytes, cursor.start, cursor.end);
    }
  }

  @Override
  ActiveWindows windows(@Nullable Object ofKey) {
    return assembly.assemble(recordsOf(ofKey));
  }

  private static EncodedValues recordsOf(@Nullable Object ofKey) {
    if (ofKey instanceof EncodedValues records) {
      return records;
    }
    throw new IllegalStateException("A key without elements");
  }

  @Override
  void forget() {
    recordBytes = 0;
  }
}
