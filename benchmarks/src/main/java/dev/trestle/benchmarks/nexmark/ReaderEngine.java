package dev.trestle.benchmarks.nexmark;

import dev.trestle.benchmarks.nexmark.events.Workload;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.BoundedSource.BoundedReader;
import org.apache.beam.sdk.nexmark.model.Event;
import org.apache.beam.sdk.nexmark.sources.BoundedEventSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * What any engine pays for Beam's bounded source before it does anything: its two splits are read
 * side by side, on two threads, and every event is forgotten. The query makes no difference.
 */
final class ReaderEngine implements Engine {

  private static final int ROUND = 64;

  @Override
  public Run run(Query query, Workload workload) {
    PipelineOptions options = PipelineOptionsFactory.create();
    List<BoundedEventSource> splits =
        workload.generators().stream().map(config -> new BoundedEventSource(config, 1)).toList();
    ExecutorService threads = Executors.newFixedThreadPool(splits.size());
    try {
      long start = System.nanoTime();
      long events = 0;
      for (Future<Long> read :
          splits.stream().map(split -> threads.submit(() -> read(split, options))).toList()) {
        events += read.get();
      }
      if (events != workload.events()) {
        throw new IllegalStateException("read " + events + " of " + workload.events());
      }
      return new Run((System.nanoTime() - start) / 1e9, NO_RESULTS);
    } catch (InterruptedException | ExecutionException trouble) {
      throw new IllegalStateException(trouble);
    } finally {
      threads.shutdown();
    }
  }

  private static long read(BoundedSource<Event> split, PipelineOptions options) throws IOException {
    try (BoundedReader<Event> reader = split.createReader(options)) {
      Object[] round = new Object[2 * ROUND];
      long events = reader.start() ? 1 : 0;
      int read;
      do {
        read = fill(reader, round);
        events += read;
      } while (read == ROUND);
      return events;
    }
  }

  private static int fill(BoundedReader<Event> reader, Object[] round) throws IOException {
    int read = 0;
    while (read < ROUND && reader.advance()) {
      round[2 * read] = reader.getCurrent();
      round[2 * read + 1] = reader.getCurrentTimestamp();
      read++;
    }
    return read;
  }
}
