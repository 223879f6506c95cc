package dev.trestle.benchmarks.nexmark;

import dev.trestle.benchmarks.nexmark.events.Workload;

/** Something that answers queries. */
interface Engine {

  /** Stands for the results of an engine that answers nothing. */
  String NO_RESULTS = "-";

  /**
   * Runs a query to its end.
   *
   * @throws IllegalStateException if it did not end well
   */
  Run run(Query query, Workload workload);

  /**
   * One run of a query.
   *
   * @param seconds from the start of its execution to its end, without the construction
   * @param results a digest of what was found
   */
  record Run(double seconds, String results) {}
}
