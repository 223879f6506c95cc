package dev.trestle.benchmarks.group;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Counts, for the whole JVM, the groups that hold exactly the one value that made their key. */
final class CountGroupsFn extends DoFn<KV<byte[], Iterable<Long>>, Void> {
  private static final long serialVersionUID = 1L;

  static final LongAdder GROUPS = new LongAdder();

  @ProcessElement
  public void processElement(@Element KV<byte[], Iterable<Long>> group) {
    int values = 0;
    for (long number : group.getValue()) {
      if (++values > 1 || !Arrays.equals(group.getKey(), WideKeyFn.key(number))) {
        throw new IllegalStateException("a group holds values of several keys, or one twice");
      }
    }
    GROUPS.increment();
  }
}
