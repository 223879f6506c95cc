package dev.trestle.benchmarks.nexmark.results;

import java.util.concurrent.atomic.LongAdder;
import org.apache.beam.sdk.nexmark.model.KnownSize;

/** Counts all results and adds their hashes up. */
public final class SumDigest implements ResultDigest {
  private final LongAdder count = new LongAdder();
  private final LongAdder sum = new LongAdder();

  @Override
  public Collector collector() {
    return new Partial();
  }

  @Override
  public String value() {
    return "%d/%016x".formatted(count.sum(), sum.sum());
  }

  private final class Partial implements Collector {
    private long partialCount;
    private long partialSum;

    @Override
    public void add(KnownSize result) {
      partialCount++;
      partialSum += ResultHash.of(result);
    }

    @Override
    public void flush() {
      count.add(partialCount);
      sum.add(partialSum);
      partialCount = 0;
      partialSum = 0;
    }
  }
}
