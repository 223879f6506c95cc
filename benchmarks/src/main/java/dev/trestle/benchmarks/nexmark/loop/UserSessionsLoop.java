package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.nexmark.model.BidsPerSession;
import org.apache.beam.sdk.nexmark.model.Event;

/**
 * Query 11: how many bids each person made in each session. The query also fires after 100,000 bids
 * of one session, which Nexmark's generator never makes.
 */
public final class UserSessionsLoop implements QueryLoop {
  private final long gapMillis;
  private final Map<Long, Session> sessions = new HashMap<>();

  public UserSessionsLoop(Workload workload) {
    gapMillis = workload.configuration().windowSizeSec * 1000;
  }

  @Override
  public void run(EventFeed events, Collector results) {
    for (Event event = events.next(); event != null; event = events.next()) {
      Bid bid = event.bid;
      if (bid != null) {
        long time = bid.dateTime.getMillis();
        Session session = sessions.computeIfAbsent(bid.bidder, missing -> new Session());
        if (time >= session.end) {
          results.add(new BidsPerSession(bid.bidder, session.bids));
          session.bids = 0;
        }
        session.bids++;
        session.end = time + gapMillis;
      }
    }
    sessions.forEach((bidder, session) -> results.add(new BidsPerSession(bidder, session.bids)));
  }

  private static final class Session {
    private long end = Long.MAX_VALUE;
    private long bids;
  }
}
