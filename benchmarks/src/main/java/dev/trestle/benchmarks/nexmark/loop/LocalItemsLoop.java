package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.nexmark.model.Auction;
import org.apache.beam.sdk.nexmark.model.Event;
import org.apache.beam.sdk.nexmark.model.NameCityStateId;
import org.apache.beam.sdk.nexmark.model.Person;

/**
 * Query 3: auctions of category 10 with their sellers, if those live in one of three states.
 *
 * <p>The query forgets people after ten minutes in which none of their auctions came. With no
 * watermark before the end that never happens in a bounded run; in a streaming run it would after
 * six million events, and when exactly would be up to the engine. This loop never forgets.
 */
public final class LocalItemsLoop implements QueryLoop {
  private static final int CATEGORY = 10;

  private final Map<Long, Person> sellers = new HashMap<>();
  private final Map<Long, List<Auction>> waiting = new HashMap<>();

  @Override
  public void run(EventFeed events, Collector results) {
    for (Event event = events.next(); event != null; event = events.next()) {
      if (event.newAuction != null && event.newAuction.category == CATEGORY) {
        auction(event.newAuction, results);
      } else if (event.newPerson != null && isLocal(event.newPerson.state)) {
        person(event.newPerson, results);
      }
    }
  }

  private void auction(Auction auction, Collector results) {
    Person seller = sellers.get(auction.seller);
    if (seller == null) {
      waiting.computeIfAbsent(auction.seller, missing -> new ArrayList<>()).add(auction);
    } else {
      results.add(result(auction, seller));
    }
  }

  private void person(Person person, Collector results) {
    sellers.put(person.id, person);
    List<Auction> auctions = waiting.remove(person.id);
    if (auctions != null) {
      for (Auction auction : auctions) {
        results.add(result(auction, person));
      }
    }
  }

  private static boolean isLocal(String state) {
    return state.equals("OR") || state.equals("ID") || state.equals("CA");
  }

  private static NameCityStateId result(Auction auction, Person seller) {
    return new NameCityStateId(seller.name, seller.city, seller.state, auction.id);
  }
}
