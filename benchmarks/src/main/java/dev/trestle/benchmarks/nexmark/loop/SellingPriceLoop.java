package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.nexmark.model.AuctionBid;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.nexmark.model.SellerPrice;

/** Query 6: mean price of each seller's last ten sales, anew at every sale. */
public final class SellingPriceLoop implements QueryLoop {
  private static final int SALES = 10;

  private final OpenAuctions auctions;
  private final Map<Long, LastSales> sellers = new HashMap<>();

  public SellingPriceLoop(Workload workload) {
    auctions = new OpenAuctions(workload);
  }

  @Override
  public void run(EventFeed events, Collector results) {
    auctions.run(events, won -> results.add(sold(won)));
  }

  private SellerPrice sold(AuctionBid won) {
    LastSales sales = sellers.computeIfAbsent(won.auction.seller, missing -> new LastSales());
    sales.add(won.bid);
    return new SellerPrice(won.auction.seller, sales.mean());
  }

  /** The latest winning bids, in ascending order; there are so few that insertion is best. */
  private static final class LastSales {
    private final Bid[] bids = new Bid[SALES];
    private int size;

    void add(Bid bid) {
      if (size == SALES) {
        if (Bid.ASCENDING_TIME_THEN_PRICE.compare(bid, bids[0]) <= 0) {
          return;
        }
        System.arraycopy(bids, 1, bids, 0, SALES - 1);
        size--;
      }
      int at = size++;
      while (at > 0 && Bid.ASCENDING_TIME_THEN_PRICE.compare(bids[at - 1], bid) > 0) {
        bids[at] = bids[at - 1];
        at--;
      }
      bids[at] = bid;
    }

    long mean() {
      long sum = 0;
      for (int i = 0; i < size; i++) {
        sum += bids[i].price;
      }
      return Math.round((double) sum / size);
    }
  }
}
