package dev.trestle.integration.chaos;

import dev.trestle.integration.chaos.job.ChaosJob;
import dev.trestle.integration.chaos.load.EventLoad;
import dev.trestle.integration.kafka.KafkaTopics;
import dev.trestle.integration.process.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Feeds the job, kills it and starts it again until all its input is through. The events come in as
 * many portions as there are runs of the job, so that each has something to do. Not thread-safe.
 */
final class ChaosRun implements AutoCloseable {

  static final String EVENTS = "events";
  static final String RESULTS = "results";
  static final int PARTITIONS = 4;

  private static final String JOB = "chaos";
  private static final String SINK_GROUP = "chaos-sink";
  private static final int SHARDS = 2;
  private static final int CHECKPOINT_MILLIS = 1_000;

  /** In how many seconds a portion of the events comes. */
  private static final int PORTION_SECONDS = 3;

  private final String bootstrapServers;
  private final KafkaTopics topics;
  private final Path directory;
  private final CheckpointLog log;
  private final ResultsWatch watch;
  private final EventLoad load;
  private final ExecutorService feeder = Executors.newSingleThreadExecutor();
  private final List<Double> secondsToResult = new ArrayList<>();
  private boolean started;

  /** A run. Makes the topics. */
  ChaosRun(String bootstrapServers, Path directory, long seed) throws Exception {
    this.bootstrapServers = bootstrapServers;
    this.directory = directory;
    topics = new KafkaTopics(bootstrapServers);
    topics.create(EVENTS, PARTITIONS);
    topics.create(RESULTS, PARTITIONS);
    Files.createDirectories(directory.resolve("tmp"));
    log = new CheckpointLog(directory.resolve("checkpoints"), JOB);
    watch = new ResultsWatch(topics, RESULTS);
    load = new EventLoad(bootstrapServers, EVENTS, PARTITIONS, seed);
  }

  /** Runs the job over so many events, with so many kills. */
  void run(long events, int kills, Random random) throws Exception {
    for (int kill = 1; kill <= kills; kill++) {
      Kill next = Kill.next(random);
      Future<?> feeding = feed(events * kill / (kills + 1), events / (kills + 1));
      try (Incarnation job = start()) {
        if (kill == 1) {
          awaitSinkKnown(job);
        }
        job.await(() -> job.has(next.after()));
        job.live(next.millis());
        long age = job.age();
        job.kill();
        job.secondsToResult().ifPresent(secondsToResult::add);
        feeding.get();
        say(
            "%d of %d kills, %d of %d events in, %d results out; after %d ms, %s + %d ms",
            kill, kills, load.sent(), events, watch.count(), age, next.after(), next.millis());
      }
    }
    feed(events, events / (kills + 1)).get();
    load.sendEnds();
    try (Incarnation job = start()) {
      job.awaitEnd();
      job.secondsToResult().ifPresent(secondsToResult::add);
    }
  }

  /**
   * Before the first kill: of what Beam's sink writes first, it has to find its own mark in its
   * state again. It refuses to go on where Kafka has a mark of it and its state has none, and it
   * makes both in the same call.
   */
  private void awaitSinkKnown(Incarnation job) throws Exception {
    job.await(() -> topics.committed(SINK_GROUP).size() == SHARDS);
    long entries = log.last();
    job.await(() -> log.last() >= entries + 2); // one checkpoint may have begun before
  }

  private Future<?> feed(long upTo, long portion) {
    return feeder.submit(
        () -> {
          load.sendUpTo(upTo, Math.max(1000, portion / PORTION_SECONDS));
          return null;
        });
  }

  private Incarnation start() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--runner=TrestleRunner",
                "--streaming",
                "--jobName=" + JOB,
                "--parallelism=2",
                "--checkpointDir=" + directory.resolve("checkpoints"),
                "--checkpointInterval=" + CHECKPOINT_MILLIS,
                "--bootstrapServers=" + bootstrapServers,
                "--events=" + EVENTS,
                "--results=" + RESULTS,
                "--shards=" + SHARDS,
                "--sinkGroup=" + SINK_GROUP));
    if (started) {
      arguments.add("--resume");
    }
    started = true;
    List<String> flags = List.of("-Xmx768m", "-Djava.io.tmpdir=" + directory.resolve("tmp"));
    long entries = log.last();
    long results = watch.count();
    JavaProcess process =
        JavaProcess.start(directory.resolve("job.log"), flags, ChaosJob.class.getName(), arguments);
    return new Incarnation(process, watch, log, results, entries);
  }

  /** From the start of each process to its first result, of those that had one; ascending. */
  List<Double> secondsToResult() {
    return secondsToResult.stream().sorted().toList();
  }

  private static void say(String format, Object... values) {
    System.err.println("chaos: " + String.format(Locale.ROOT, format, values));
  }

  @Override
  public void close() {
    feeder.shutdownNow();
    load.close();
    watch.close();
  }
}
