package dev.trestle.benchmarks.nexmark.events;

import java.util.List;
import org.apache.beam.sdk.nexmark.NexmarkConfiguration;
import org.apache.beam.sdk.nexmark.sources.generator.GeneratorConfig;
import org.joda.time.Instant;

/**
 * How many events, and where they come from. Everything else is Nexmark's default configuration,
 * without its monitors; nothing is late and nothing waits for a wall clock.
 *
 * @param events how many, over both generators
 * @param source how they reach an engine
 */
public record Workload(long events, Source source) {

  /** Generators side by side, each with its own events on the same time line. */
  private static final int GENERATORS = 2;

  /** The time of the first event, as in Nexmark's own pipelines. */
  private static final long BASE_TIME = Instant.parse("2015-07-15T00:00:00.000Z").getMillis();

  /** Where an engine's events come from. */
  public enum Source {
    /** Nexmark's bounded source. */
    BOUNDED,
    /** Nexmark's unbounded source, which ends after the last event. */
    STREAMING,
    /** A bounded source of events that are in memory already. */
    REPLAY
  }

  public boolean streaming() {
    return source == Source.STREAMING;
  }

  public Workload withEvents(long otherEvents) {
    return new Workload(Math.max(otherEvents, GENERATORS), source);
  }

  public NexmarkConfiguration configuration() {
    NexmarkConfiguration configuration = new NexmarkConfiguration();
    configuration.debug = false;
    configuration.numEvents = events;
    configuration.numEventGenerators = GENERATORS;
    return configuration;
  }

  /** The configurations into which Nexmark's sources split themselves. */
  public List<GeneratorConfig> generators() {
    return new GeneratorConfig(configuration(), BASE_TIME, 0, events, 0).split(GENERATORS);
  }
}
