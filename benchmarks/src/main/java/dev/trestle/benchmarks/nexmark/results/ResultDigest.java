package dev.trestle.benchmarks.nexmark.results;

import org.apache.beam.sdk.nexmark.model.KnownSize;

/** What one run found, in a form that does not depend on order. Thread-safe. */
public interface ResultDigest {

  /** A collector for the use of one thread. */
  Collector collector();

  /** Count and hash of what the collectors have flushed, as {@code count/hash}. */
  String value();

  /** Takes results one by one. For one thread. */
  interface Collector {
    void add(KnownSize result);

    /** Makes everything added so far part of the digest. */
    void flush();
  }
}
