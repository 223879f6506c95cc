package dev.trestle.benchmarks.nexmark.events;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.nexmark.model.Event;
import org.jspecify.annotations.Nullable;

/** A workload's events, generated once and kept for the life of the JVM. */
public final class Recording {
  private static final Map<Workload, Recording> KEPT = new ConcurrentHashMap<>();

  private final List<Event[]> tracks;

  private Recording(List<Event[]> tracks) {
    this.tracks = tracks;
  }

  public static Recording of(Workload workload) {
    return KEPT.computeIfAbsent(
        workload, missing -> new Recording(GeneratedFeed.generate(missing)));
  }

  /** How many generators there were. */
  int tracks() {
    return tracks.size();
  }

  Event[] track(int index) {
    return tracks.get(index);
  }

  /** The events of all generators, in order of time. */
  public EventFeed feed() {
    return new Feed(tracks.toArray(new Event[0][]));
  }

  private static final class Feed implements EventFeed {
    private final Event[][] tracks;
    private int turn;
    private int position;

    Feed(Event[][] tracks) {
      this.tracks = tracks;
    }

    @Override
    public @Nullable Event next() {
      for (int tries = 0; tries <= tracks.length; tries++) {
        if (turn == tracks.length) {
          turn = 0;
          position++;
        }
        Event[] track = tracks[turn++];
        if (position < track.length) {
          return track[position];
        }
      }
      return null;
    }
  }
}
