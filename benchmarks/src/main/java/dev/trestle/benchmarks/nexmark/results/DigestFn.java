package dev.trestle.benchmarks.nexmark.results;

import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.nexmark.model.KnownSize;
import org.apache.beam.sdk.transforms.DoFn;
import org.jspecify.annotations.Nullable;

/**
 * The end of every measured pipeline: adds the results to a digest in this JVM. Bundles flush when
 * they finish, so that threads meet rarely.
 */
public final class DigestFn<T extends KnownSize> extends DoFn<T, Void> {
  private static final long serialVersionUID = 1L;

  /** Digests of runs in progress. A pipeline is serialized: it can name a digest, not hold one. */
  private static final Map<String, ResultDigest> OPEN = new ConcurrentHashMap<>();

  private final String run;
  private transient @Nullable Collector collector;

  private DigestFn(String run) {
    this.run = run;
  }

  /** A function whose copies all add to {@code digest}, until {@link #close(String)}. */
  public static <T extends KnownSize> DigestFn<T> open(String run, ResultDigest digest) {
    OPEN.put(run, digest);
    return new DigestFn<>(run);
  }

  public static void close(String run) {
    OPEN.remove(run);
  }

  @StartBundle
  public void startBundle() {
    if (collector == null) {
      ResultDigest digest = OPEN.get(run);
      if (digest == null) {
        throw new IllegalStateException("no digest for run " + run + " in this JVM");
      }
      collector = digest.collector();
    }
  }

  @ProcessElement
  public void processElement(@Element T result) {
    collector().add(result);
  }

  @FinishBundle
  public void finishBundle() {
    collector().flush();
  }

  private Collector collector() {
    Collector current = collector;
    if (current == null) {
      throw new IllegalStateException("no bundle has been started");
    }
    return current;
  }
}
