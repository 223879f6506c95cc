package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.nexmark.model.Event;

/** Query 7: the bids of the highest price in each fixed window. */
public final class HighestBidLoop implements QueryLoop {
  private final long sizeMillis;
  private final List<Bid> highest = new ArrayList<>();
  private long highestPrice = Long.MIN_VALUE;
  private long windowEnd = Long.MIN_VALUE;

  public HighestBidLoop(Workload workload) {
    sizeMillis = workload.configuration().windowSizeSec * 1000;
  }

  @Override
  public void run(EventFeed events, Collector results) {
    for (Event event = events.next(); event != null; event = events.next()) {
      Bid bid = event.bid;
      if (bid != null) {
        long time = bid.dateTime.getMillis();
        if (time >= windowEnd) {
          endWindow(results);
          windowEnd = time - time % sizeMillis + sizeMillis;
        }
        if (bid.price > highestPrice) {
          highestPrice = bid.price;
          highest.clear();
        }
        if (bid.price == highestPrice) {
          highest.add(bid);
        }
      }
    }
    endWindow(results);
  }

  private void endWindow(Collector results) {
    for (Bid bid : highest) {
      results.add(bid);
    }
    highest.clear();
    highestPrice = Long.MIN_VALUE;
  }
}
