package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.nexmark.model.Auction;
import org.apache.beam.sdk.nexmark.model.Event;
import org.apache.beam.sdk.nexmark.model.IdNameReserve;
import org.apache.beam.sdk.nexmark.model.Person;

/** Query 8: people who came and opened auctions in the same fixed window. */
public final class NewUsersLoop implements QueryLoop {
  private final long sizeMillis;
  private final Map<Long, Person> people = new HashMap<>();
  private final Map<Long, List<Auction>> waiting = new HashMap<>();
  private long windowEnd = Long.MIN_VALUE;

  public NewUsersLoop(Workload workload) {
    sizeMillis = workload.configuration().windowSizeSec * 1000;
  }

  @Override
  public void run(EventFeed events, Collector results) {
    for (Event event = events.next(); event != null; event = events.next()) {
      if (event.newAuction != null) {
        enterWindow(event.newAuction.dateTime.getMillis());
        auction(event.newAuction, results);
      } else if (event.newPerson != null) {
        enterWindow(event.newPerson.dateTime.getMillis());
        person(event.newPerson, results);
      }
    }
  }

  private void enterWindow(long time) {
    if (time >= windowEnd) {
      people.clear();
      waiting.clear();
      windowEnd = time - time % sizeMillis + sizeMillis;
    }
  }

  private void auction(Auction auction, Collector results) {
    Person seller = people.get(auction.seller);
    if (seller == null) {
      waiting.computeIfAbsent(auction.seller, missing -> new ArrayList<>()).add(auction);
    } else {
      results.add(new IdNameReserve(seller.id, seller.name, auction.reserve));
    }
  }

  private void person(Person person, Collector results) {
    people.put(person.id, person);
    List<Auction> auctions = waiting.remove(person.id);
    if (auctions != null) {
      for (Auction auction : auctions) {
        results.add(new IdNameReserve(person.id, person.name, auction.reserve));
      }
    }
  }
}
