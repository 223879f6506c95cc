package dev.trestle.benchmarks.nexmark.events;

import org.apache.beam.sdk.nexmark.model.Event;
import org.jspecify.annotations.Nullable;

/** Events in the order of their timestamps, for one thread. */
public interface EventFeed {

  /** The next event, or null after the last. */
  @Nullable Event next();
}
