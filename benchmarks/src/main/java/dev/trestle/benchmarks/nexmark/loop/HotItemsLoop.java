package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.nexmark.model.AuctionCount;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.nexmark.model.Event;

/**
 * Query 5: the auctions with most bids in each sliding window. Bids are counted once, by slices as
 * long as the window's period; a window is the sum of its slices.
 */
public final class HotItemsLoop implements QueryLoop {
  private final long periodMillis;
  private final int slicesPerWindow;
  private final Deque<Map<Long, Count>> slices = new ArrayDeque<>();
  private Map<Long, Count> slice = new HashMap<>();
  private long sliceEnd = Long.MIN_VALUE;

  public HotItemsLoop(Workload workload) {
    long sizeMillis = workload.configuration().windowSizeSec * 1000;
    periodMillis = workload.configuration().windowPeriodSec * 1000;
    slicesPerWindow = Math.toIntExact(sizeMillis / periodMillis);
  }

  @Override
  public void run(EventFeed events, Collector results) {
    for (Event event = events.next(); event != null; event = events.next()) {
      Bid bid = event.bid;
      if (bid != null) {
        long time = bid.dateTime.getMillis();
        if (time >= sliceEnd) {
          startSlice(time, results);
        }
        slice.computeIfAbsent(bid.auction, missing -> new Count()).bids++;
      }
    }
    for (int i = 0; i < slicesPerWindow; i++) {
      endSlice(results);
    }
  }

  private void startSlice(long time, Collector results) {
    if (sliceEnd == Long.MIN_VALUE) {
      sliceEnd = time - time % periodMillis + periodMillis;
    }
    while (time >= sliceEnd) {
      endSlice(results);
    }
  }

  /** Ends the slice, and with it the window of which it is the last. */
  private void endSlice(Collector results) {
    slices.addLast(slice);
    if (slices.size() > slicesPerWindow) {
      slices.removeFirst();
    }
    hottest(results);
    slice = new HashMap<>();
    sliceEnd += periodMillis;
  }

  private void hottest(Collector results) {
    Map<Long, Count> window = new HashMap<>();
    for (Map<Long, Count> part : slices) {
      part.forEach(
          (auction, count) ->
              window.computeIfAbsent(auction, missing -> new Count()).bids += count.bids);
    }
    long most = 1;
    List<Long> hottest = new ArrayList<>();
    for (Map.Entry<Long, Count> entry : window.entrySet()) {
      long bids = entry.getValue().bids;
      if (bids > most) {
        most = bids;
        hottest.clear();
      }
      if (bids == most) {
        hottest.add(entry.getKey());
      }
    }
    for (long auction : hottest) {
      results.add(new AuctionCount(auction, most));
    }
  }

  private static final class Count {
    private long bids;
  }
}
