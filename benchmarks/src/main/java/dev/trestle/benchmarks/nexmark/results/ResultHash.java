package dev.trestle.benchmarks.nexmark.results;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.nexmark.model.Auction;
import org.apache.beam.sdk.nexmark.model.AuctionBid;
import org.apache.beam.sdk.nexmark.model.AuctionCount;
import org.apache.beam.sdk.nexmark.model.AuctionPrice;
import org.apache.beam.sdk.nexmark.model.Bid;
import org.apache.beam.sdk.nexmark.model.BidsPerSession;
import org.apache.beam.sdk.nexmark.model.CategoryPrice;
import org.apache.beam.sdk.nexmark.model.Event;
import org.apache.beam.sdk.nexmark.model.IdNameReserve;
import org.apache.beam.sdk.nexmark.model.KnownSize;
import org.apache.beam.sdk.nexmark.model.NameCityStateId;
import org.apache.beam.sdk.nexmark.model.Person;
import org.apache.beam.sdk.nexmark.model.SellerPrice;

/**
 * A 64-bit hash of a result's value.
 *
 * <p>Queries 0 and 1 put most events into their results, so the hash must cost little beside an
 * event: of events, bids, auctions and people it takes the numbers, the time and the length of the
 * padding. The rarer results are hashed whole.
 */
final class ResultHash {
  private ResultHash() {}

  static long of(KnownSize result) {
    if (result instanceof Event event) {
      return event(event);
    } else if (result instanceof Bid bid) {
      return bid(bid);
    } else if (result instanceof AuctionPrice sold) {
      return mix(mix(sold.auction) + sold.price);
    } else if (result instanceof AuctionBid won) {
      return mix(auction(won.auction) + bid(won.bid));
    } else if (result instanceof AuctionCount counted) {
      return mix(mix(counted.auction) + counted.num);
    } else if (result instanceof CategoryPrice mean) {
      return mix(mix(mean.category) + mean.price * 2 + (mean.isLast ? 1 : 0));
    } else if (result instanceof SellerPrice mean) {
      return encoded(mean, SellerPrice.CODER);
    } else if (result instanceof NameCityStateId seller) {
      return encoded(seller, NameCityStateId.CODER);
    } else if (result instanceof IdNameReserve newSeller) {
      return encoded(newSeller, IdNameReserve.CODER);
    } else if (result instanceof BidsPerSession session) {
      return encoded(session, BidsPerSession.CODER);
    }
    throw new IllegalArgumentException("no query results in " + result.getClass());
  }

  private static long event(Event event) {
    if (event.bid != null) {
      return bid(event.bid);
    } else if (event.newAuction != null) {
      return auction(event.newAuction);
    } else {
      return person(event.newPerson);
    }
  }

  private static long bid(Bid bid) {
    long h = mix(bid.auction);
    h = mix(h + bid.bidder);
    h = mix(h + bid.price);
    return mix(h + bid.dateTime.getMillis() + bid.extra.length());
  }

  private static long auction(Auction auction) {
    long h = mix(~auction.id);
    h = mix(h + auction.seller);
    h = mix(h + auction.category);
    h = mix(h + auction.reserve);
    h = mix(h + auction.expires.getMillis());
    return mix(h + auction.dateTime.getMillis() + auction.extra.length());
  }

  private static long person(Person person) {
    long h = mix(~person.id);
    h = mix(h + person.name.length());
    return mix(h + person.dateTime.getMillis() + person.extra.length());
  }

  private static <T> long encoded(T value, Coder<T> coder) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      coder.encode(value, bytes);
    } catch (IOException cannotHappen) {
      throw new UncheckedIOException(cannotHappen);
    }
    long h = 0;
    for (byte b : bytes.toByteArray()) {
      h = h * 0x100000001B3L + (b & 0xFF) + 1;
    }
    return mix(h);
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
