package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;

/** Query 9: auctions with their winning bids. */
public final class WinningBidsLoop implements QueryLoop {
  private final OpenAuctions auctions;

  public WinningBidsLoop(Workload workload) {
    auctions = new OpenAuctions(workload);
  }

  @Override
  public void run(EventFeed events, Collector results) {
    auctions.run(events, results::add);
  }
}
