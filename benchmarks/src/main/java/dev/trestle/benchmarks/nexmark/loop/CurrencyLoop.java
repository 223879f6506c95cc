package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.nexmark.model.Event;

/** Query 1: every bid, its price in euros. */
public final class CurrencyLoop implements QueryLoop {

  @Override
  public void run(EventFeed events, Collector results) {
    for (Event event = events.next(); event != null; event = events.next()) {
      Bid bid = event.bid;
      if (bid != null) {
        results.add(
            new Bid(bid.auction, bid.bidder, bid.price * 89 / 100, bid.dateTime, bid.extra));
      }
    }
  }
}
