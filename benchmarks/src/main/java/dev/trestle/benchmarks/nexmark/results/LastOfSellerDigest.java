package dev.trestle.benchmarks.nexmark.results;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.nexmark.model.KnownSize;
import org.apache.beam.sdk.nexmark.model.SellerPrice;

/**
 * Keeps each seller's last result only.
 *
 * <p>Query 6 fires whenever at least one more auction of a seller has closed. How many close
 * between two firings is the engine's business, so the number of results is too; but a seller's
 * last firing has seen all of the seller's auctions.
 */
public final class LastOfSellerDigest implements ResultDigest {
  private final Map<Long, Long> hashOfLast = new ConcurrentHashMap<>();

  @Override
  public Collector collector() {
    return new Writer();
  }

  @Override
  public String value() {
    long sum = hashOfLast.values().stream().mapToLong(Long::longValue).sum();
    return "%d/%016x".formatted(hashOfLast.size(), sum);
  }

  private final class Writer implements Collector {
    @Override
    public void add(KnownSize result) {
      hashOfLast.put(((SellerPrice) result).seller, ResultHash.of(result));
    }

    @Override
    public void flush() {}
  }
}
