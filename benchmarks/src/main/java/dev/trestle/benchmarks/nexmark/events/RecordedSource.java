package dev.trestle.benchmarks.nexmark.events;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.nexmark.model.Event;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Instant;

/**
 * Reads a {@link Recording} in this JVM, each generator's events as one split: reading an event is
 * an array access, and what a pipeline then takes is the engine's own time.
 */
public final class RecordedSource extends BoundedSource<Event> {
  private static final long serialVersionUID = 1L;
  private static final int AVERAGE_EVENT_BYTES = 100;

  private final long events;
  private final int firstTrack;
  private final int endTrack;

  private RecordedSource(long events, int firstTrack, int endTrack) {
    this.events = events;
    this.firstTrack = firstTrack;
    this.endTrack = endTrack;
  }

  /** A source of all events of {@code workload}, which are generated now if they have not been. */
  public static RecordedSource of(Workload workload) {
    return new RecordedSource(workload.events(), 0, Recording.of(workload).tracks());
  }

  private Recording recording() {
    return Recording.of(new Workload(events, Workload.Source.REPLAY));
  }

  @Override
  public List<RecordedSource> split(long desiredBundleSizeBytes, PipelineOptions options) {
    return IntStream.range(firstTrack, endTrack)
        .mapToObj(track -> new RecordedSource(events, track, track + 1))
        .toList();
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    long size = 0;
    for (int track = firstTrack; track < endTrack; track++) {
      size += (long) recording().track(track).length * AVERAGE_EVENT_BYTES;
    }
    return size;
  }

  @Override
  public Coder<Event> getOutputCoder() {
    return Event.CODER;
  }

  @Override
  public BoundedReader<Event> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  private static final class Reader extends BoundedReader<Event> {
    private final RecordedSource source;
    private final Recording recording;
    private int track;
    private Event[] events;
    private int position = -1;

    Reader(RecordedSource source) {
      this.source = source;
      recording = source.recording();
      track = source.firstTrack;
      events = recording.track(track);
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      position++;
      while (position >= events.length && track + 1 < source.endTrack) {
        events = recording.track(++track);
        position = 0;
      }
      return position < events.length;
    }

    @Override
    public Event getCurrent() {
      if (position < 0 || position >= events.length) {
        throw new NoSuchElementException();
      }
      return events[position];
    }

    @Override
    public Instant getCurrentTimestamp() {
      Event event = getCurrent();
      if (event.bid != null) {
        return event.bid.dateTime;
      } else if (event.newAuction != null) {
        return event.newAuction.dateTime;
      } else {
        return event.newPerson.dateTime;
      }
    }

    @Override
    public BoundedSource<Event> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
