package dev.trestle.benchmarks.nexmark.events;

import java.util.List;
import org.apache.beam.sdk.nexmark.model.Event;
import org.apache.beam.sdk.nexmark.sources.generator.Generator;
import org.jspecify.annotations.Nullable;

/** Generates events, from each generator in turn. They run on the same time line: order is kept. */
public final class GeneratedFeed implements EventFeed {
  private final Generator[] generators;
  private int turn;

  public GeneratedFeed(Workload workload) {
    generators = workload.generators().stream().map(Generator::new).toArray(Generator[]::new);
  }

  @Override
  public @Nullable Event next() {
    for (int tries = 0; tries < generators.length; tries++) {
      Generator generator = generators[turn];
      turn = turn + 1 == generators.length ? 0 : turn + 1;
      if (generator.hasNext()) {
        return generator.nextEvent().event;
      }
    }
    return null;
  }

  /** All events of a workload, those of each generator in an array. */
  static List<Event[]> generate(Workload workload) {
    return workload.generators().stream()
        .map(
            config -> {
              Generator generator = new Generator(config);
              Event[] events = new Event[Math.toIntExact(config.maxEvents)];
              for (int i = 0; i < events.length; i++) {
                events[i] = generator.nextEvent().event;
              }
              return events;
            })
        .toList();
  }
}
