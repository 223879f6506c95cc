package dev.trestle.benchmarks.nexmark.loop;

import dev.trestle.benchmarks.nexmark.events.EventFeed;
import dev.trestle.benchmarks.nexmark.results.ResultDigest.Collector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.beam.sdk.nexmark.model.Event;

/**
 * Query 0: events unchanged, but for a round trip through their coder. The round trip is what this
 * query is there for: the query's own code does it, on whatever engine.
 */
public final class PassThroughLoop implements QueryLoop {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public void run(EventFeed events, Collector results) {
    for (Event event = events.next(); event != null; event = events.next()) {
      results.add(throughCoder(event));
    }
  }

  private Event throughCoder(Event event) {
    try {
      bytes.reset();
      Event.CODER.encode(event, bytes);
      return Event.CODER.decode(new ByteArrayInputStream(bytes.toByteArray()));
    } catch (IOException cannotHappen) {
      throw new UncheckedIOException(cannotHappen);
    }
  }
}
