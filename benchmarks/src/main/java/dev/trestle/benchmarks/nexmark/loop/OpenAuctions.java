package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.nexmark.NexmarkConfiguration;
import org.apache.beam.sdk.nexmark.model.Auction;
import org.apache.beam.sdk.nexmark.model.AuctionBid;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.nexmark.model.Event;
import org.apache.beam.sdk.nexmark.sources.generator.GeneratorConfig;
import org.jspecify.annotations.Nullable;

/**
 * Finds the winning bid of every auction: what queries 4, 6 and 9 have in common.
 *
 * <p>A bid may come before its auction. In a streaming run it waits for a while (the length of the
 * bid's window in Beam's {@code WinningBids}); in a bounded run, where no watermark passes, it
 * waits until the end. The difference shows: one generator's first bids name the last auctions of
 * the other.
 */
final class OpenAuctions {
  private final Map<Long, Leader> leaders = new HashMap<>();
  private final Map<Long, List<Bid>> early = new HashMap<>();
  private final long patienceMillis;

  OpenAuctions(Workload workload) {
    patienceMillis =
        workload.streaming() ? bidWindowMillis(workload.configuration()) : Long.MAX_VALUE;
  }

  /** Reads all events; then hands on the winners of all auctions that have one. */
  void run(EventFeed events, Consumer<AuctionBid> winners) {
    for (Event event = events.next(); event != null; event = events.next()) {
      if (event.bid != null) {
        bid(event.bid);
      } else if (event.newAuction != null) {
        auction(event.newAuction);
      }
    }
    for (Leader leader : leaders.values()) {
      Bid best = leader.best;
      if (best != null) {
        winners.accept(new AuctionBid(leader.auction, best));
      }
    }
  }

  private void bid(Bid bid) {
    Leader leader = leaders.get(bid.auction);
    if (leader == null) {
      early.computeIfAbsent(bid.auction, missing -> new ArrayList<>()).add(bid);
    } else {
      leader.offer(bid);
    }
  }

  private void auction(Auction auction) {
    Leader leader = new Leader(auction);
    leaders.put(auction.id, leader);
    List<Bid> bids = early.remove(auction.id);
    if (bids != null) {
      for (Bid bid : bids) {
        if (auction.dateTime.getMillis() - bid.dateTime.getMillis() < patienceMillis) {
          leader.offer(bid);
        }
      }
    }
  }

  private static long bidWindowMillis(NexmarkConfiguration configuration) {
    long slowestMicros = 0;
    for (long micros :
        configuration.rateShape.interEventDelayUs(
            configuration.firstEventRate,
            configuration.nextEventRate,
            configuration.rateUnit,
            configuration.numEventGenerators)) {
      slowestMicros = Math.max(slowestMicros, micros);
    }
    long auctionMicros =
        slowestMicros
            * GeneratorConfig.PROPORTION_DENOMINATOR
            / GeneratorConfig.AUCTION_PROPORTION
            * configuration.numInFlightAuctions;
    return (auctionMicros + 999) / 1000 * 2;
  }

  /** An auction and its best bid so far: the highest, of several the earliest. */
  private static final class Leader {
    private final Auction auction;
    private final long expires;
    private @Nullable Bid best;

    Leader(Auction auction) {
      this.auction = auction;
      expires = auction.expires.getMillis();
    }

    void offer(Bid bid) {
      if (bid.price >= auction.reserve
          && bid.dateTime.getMillis() < expires
          && (best == null || Bid.PRICE_THEN_DESCENDING_TIME.compare(bid, best) > 0)) {
        best = bid;
      }
    }
  }
}
