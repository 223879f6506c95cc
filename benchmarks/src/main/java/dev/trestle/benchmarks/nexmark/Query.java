package dev.trestle.benchmarks.nexmark;

import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.loop.AveragePriceLoop;
import dev.trestle.benchmarks.nexmark.loop.CurrencyLoop;
import dev.trestle.benchmarks.nexmark.loop.HighestBidLoop;
import dev.trestle.benchmarks.nexmark.loop.HotItemsLoop;
import dev.trestle.benchmarks.nexmark.loop.LocalItemsLoop;
import dev.trestle.benchmarks.nexmark.loop.NewUsersLoop;
import dev.trestle.benchmarks.nexmark.loop.PassThroughLoop;
import dev.trestle.benchmarks.nexmark.loop.QueryLoop;
import dev.trestle.benchmarks.nexmark.loop.SelectionLoop;
import dev.trestle.benchmarks.nexmark.loop.SellingPriceLoop;
import dev.trestle.benchmarks.nexmark.loop.UserSessionsLoop;
import dev.trestle.benchmarks.nexmark.loop.WinningBidsLoop;
import dev.trestle.benchmarks.nexmark.results.LastOfSellerDigest;
import dev.trestle.benchmarks.nexmark.results.ResultDigest;
import dev.trestle.benchmarks.nexmark.results.SumDigest;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.beam.sdk.nexmark.NexmarkConfiguration;
import org.apache.beam.sdk.nexmark.model.KnownSize;
import org.apache.beam.sdk.nexmark.queries.NexmarkQueryTransform;
import org.apache.beam.sdk.nexmark.queries.Query0;
import org.apache.beam.sdk.nexmark.queries.Query1;
import org.apache.beam.sdk.nexmark.queries.Query11;
import org.apache.beam.sdk.nexmark.queries.Query2;
import org.apache.beam.sdk.nexmark.queries.Query3;
import org.apache.beam.sdk.nexmark.queries.Query4;
import org.apache.beam.sdk.nexmark.queries.Query5;
import org.apache.beam.sdk.nexmark.queries.Query6;
import org.apache.beam.sdk.nexmark.queries.Query7;
import org.apache.beam.sdk.nexmark.queries.Query8;
import org.apache.beam.sdk.nexmark.queries.Query9;

/**
 * One of the queries measured.
 *
 * @param number as Nexmark counts
 * @param transform Beam's own transform
 * @param loop the loop that finds the same results
 * @param digest what becomes of the results
 */
record Query(
    String number,
    Function<NexmarkConfiguration, NexmarkQueryTransform<? extends KnownSize>> transform,
    Function<Workload, QueryLoop> loop,
    Supplier<ResultDigest> digest) {

  private static final List<Query> ALL =
      List.of(
          new Query(
              "0",
              configuration -> new Query0(),
              workload -> new PassThroughLoop(),
              SumDigest::new),
          new Query("1", Query1::new, workload -> new CurrencyLoop(), SumDigest::new),
          new Query("2", Query2::new, SelectionLoop::new, SumDigest::new),
          new Query("3", Query3::new, workload -> new LocalItemsLoop(), SumDigest::new),
          new Query("4", Query4::new, AveragePriceLoop::new, SumDigest::new),
          new Query("5", Query5::new, HotItemsLoop::new, SumDigest::new),
          new Query("6", Query6::new, SellingPriceLoop::new, LastOfSellerDigest::new),
          new Query("7", Query7::new, HighestBidLoop::new, SumDigest::new),
          new Query("8", Query8::new, NewUsersLoop::new, SumDigest::new),
          new Query("9", Query9::new, WinningBidsLoop::new, SumDigest::new),
          new Query("11", Query11::new, UserSessionsLoop::new, SumDigest::new));

  /** The queries named by a list such as {@code 0,1,11}. */
  static List<Query> parse(String numbers) {
    return Arrays.stream(numbers.split(",", -1)).map(Query::numbered).toList();
  }

  private static Query numbered(String number) {
    for (Query query : ALL) {
      if (query.number.equals(number)) {
        return query;
      }
    }
    throw new IllegalArgumentException("no query " + number + "; there are 0 to 9 and 11");
  }
}
