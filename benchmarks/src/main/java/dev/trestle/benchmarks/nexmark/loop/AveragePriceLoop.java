package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.nexmark.model.AuctionBid;
import org.apache.beam.sdk.nexmark.model.CategoryPrice;

/** Query 4: mean winning price by category, over sliding windows of the auctions' ends. */
public final class AveragePriceLoop implements QueryLoop {
  private final OpenAuctions auctions;
  private final long sizeMillis;
  private final long periodMillis;
  private final Map<WindowedCategory, Mean> means = new HashMap<>();

  public AveragePriceLoop(Workload workload) {
    auctions = new OpenAuctions(workload);
    sizeMillis = workload.configuration().windowSizeSec * 1000;
    periodMillis = workload.configuration().windowPeriodSec * 1000;
  }

  @Override
  public void run(EventFeed events, Collector results) {
    auctions.run(events, this::closed);
    means.forEach(
        (key, mean) ->
            results.add(
                new CategoryPrice(key.category, Math.round((double) mean.sum / mean.count), true)));
  }

  private void closed(AuctionBid won) {
    long last = won.auction.expires.getMillis() - 1;
    for (long start = last - last % periodMillis;
        start > last - sizeMillis;
        start -= periodMillis) {
      Mean mean =
          means.computeIfAbsent(
              new WindowedCategory(start, won.auction.category), missing -> new Mean());
      mean.sum += won.bid.price;
      mean.count++;
    }
  }

  private record WindowedCategory(long windowStart, long category) {}

  private static final class Mean {
    private long sum;
    private long count;
  }
}
