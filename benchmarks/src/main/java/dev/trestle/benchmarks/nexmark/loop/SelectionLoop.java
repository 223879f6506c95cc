package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import org.apache.beam.sdk.nexmark.model.AuctionPrice;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.nexmark.model.Event;

/** Query 2: the prices bid for some of the auctions. */
public final class SelectionLoop implements QueryLoop {
  private final int skip;

  public SelectionLoop(Workload workload) {
    skip = workload.configuration().auctionSkip;
  }

  @Override
  public void run(EventFeed events, Collector results) {
    for (Event event = events.next(); event != null; event = events.next()) {
      Bid bid = event.bid;
      if (bid != null && bid.auction % skip == 0) {
        results.add(new AuctionPrice(bid.auction, bid.price));
      }
    }
  }
}
