package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;

/** One query, written by hand. An instance serves for one run. */
public interface QueryLoop {

  /** Reads all events and hands on all results. */
  void run(EventFeed events, Collector results);
}
