package dev.trestle.benchmarks.nexmark;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.events.GeneratedFeed;
import dev.trestle.benchmarks.nexmark.events.Recording;
import dev.trestle.benchmarks.nexmark.events.Workload;
import dev.trestle.benchmarks.nexmark.loop.QueryLoop;
import dev.trestle.benchmarks.nexmark.results.ResultDigest;

/** The limit: one thread and a loop written by hand for each query. */
final class LoopEngine implements Engine {

  @Override
  public Run run(Query query, Workload workload) {
    EventFeed events =
        workload.source() == Workload.Source.REPLAY
            ? Recording.of(workload).feed()
            : new GeneratedFeed(workload);
    QueryLoop loop = query.loop().apply(workload);
    ResultDigest digest = query.digest().get();
    ResultDigest.Collector results = digest.collector();
    long start = System.nanoTime();
    loop.run(events, results);
    results.flush();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Run(seconds, digest.value());
  }
}
