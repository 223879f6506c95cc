package dev.trestle.integration.chaos.python;

import dev.trestle.integration.chaos.CheckpointLog;
import dev.trestle.integration.chaos.Kill;
import dev.trestle.integration.chaos.ResultsWatch;
import dev.trestle.integration.chaos.load.EventLoad;
import dev.trestle.integration.chaos.verify.WindowSums;
import dev.trestle.integration.kafka.KafkaTopics;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;

/**
 * Feeds the job, kills its server and one of its workers in turn, and drains it when all results
 * are there. The events come in as many portions as there are kills, and one more. Not thread-safe.
 */
final class PythonChaosRun implements AutoCloseable {

  static final String EVENTS = "events";
  static final String RESULTS = "results";

  private static final int EVENT_PARTITIONS = 2;
  private static final int RESULT_PARTITIONS = 4;

  /** Of the sink, in which the expansion service has so many. */
  private static final int SHARDS = 4;

  /** In how many seconds a portion of the events comes. */
  private static final int PORTION_SECONDS = 3;

  /** One that gets nowhere for so long is stuck. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);

  private static final long LOOK_MILLIS = 20;

  private final KafkaTopics topics;
  private final PythonJob job;
  private final PythonJob.Topics used;
  private final CheckpointLog log;
  private final ResultsWatch watch;
  private final EventLoad load;
  private final ExecutorService feeder = Executors.newSingleThreadExecutor();

  /** What may be waited for. */
  private interface Condition {
    boolean holds() throws Exception;
  }

  /** A run. Makes the topics and starts the server. */
  PythonChaosRun(
      String bootstrapServers, Path directory, long seed, PythonJob.Installation installation)
      throws Exception {
    topics = new KafkaTopics(bootstrapServers);
    topics.createWithBrokerTime(EVENTS, EVENT_PARTITIONS);
    topics.create(RESULTS, RESULT_PARTITIONS);
    used = new PythonJob.Topics(bootstrapServers, EVENTS, RESULTS);
    job = PythonJob.startServer(directory, installation);
    log = new CheckpointLog(job.checkpoints(), PythonJob.NAME);
    watch = new ResultsWatch(topics, RESULTS);
    load = new EventLoad(bootstrapServers, EVENTS, EVENT_PARTITIONS, seed);
  }

  /** Runs the job over so many events, with so many kills. */
  void run(long events, int kills, Random random) throws Exception {
    job.submit(used);
    say("submitted");
    for (int kill = 1; kill <= kills; kill++) {
      Kill next = Kill.next(random);
      long results = watch.count();
      long entries = log.last();
      Future<?> feeding = feed(events * kill / (kills + 1), events / (kills + 1));
      if (kill == 1) {
        awaitSinkKnown();
      }
      await(() -> has(next.after(), results, entries));
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(next.millis());
      await(() -> System.nanoTime() >= until);
      String victim = kill % 2 == 1 ? killServer() : killWorker(random);
      feeding.get();
      say(
          "%d of %d kills (%s), %d of %d events in, %d results out; after %s + %d ms",
          kill, kills, victim, load.sent(), events, watch.count(), next.after(), next.millis());
    }
    feed(events, events / (kills + 1)).get();
    awaitResults();
    job.drain();
    await(() -> job.end() != null);
    if (job.end() != JobState.Enum.DONE) {
      throw new IllegalStateException("the job is " + job.end() + ":\n" + job.logTail());
    }
  }

  /** Whether the job has come so far since the last kill. */
  private boolean has(Kill.Moment moment, long results, long entries) throws Exception {
    return switch (moment) {
      case START -> true;
      case CHECKPOINT -> log.last() >= entries + 2; // one may be a claim
      case RESULT -> watch.count() > results;
    };
  }

  private String killServer() throws Exception {
    job.killServer();
    return "server";
  }

  private String killWorker(Random random) throws Exception {
    await(() -> !job.workers().isEmpty());
    List<ProcessHandle> workers = job.workers();
    ProcessHandle worker = workers.get(random.nextInt(workers.size()));
    boolean java = worker.info().commandLine().orElse("").contains("FnHarness");
    worker.destroyForcibly();
    return java ? "worker, Java" : "worker, Python";
  }

  /** Before the first kill: see the sink's limits in the documentation of exactly-once results. */
  private void awaitSinkKnown() throws Exception {
    await(() -> topics.committed(PythonJob.NAME).size() == SHARDS);
    long entries = log.last();
    await(() -> log.last() >= entries + 2); // one checkpoint may have begun before
  }

  /** Until all are there that can be told from the events, or no more come. */
  private void awaitResults() throws Exception {
    WindowSums sums = new WindowSums(PythonJob.WINDOW_SECONDS * 1000L);
    topics.read(EVENTS, sums::event);
    AtomicLong expected = new AtomicLong();
    sums.results(unused -> expected.incrementAndGet());
    say("all %d events in, %d of %d results out", load.sent(), watch.count(), expected.get());
    long seen = -1;
    long deadline = 0;
    while (watch.count() < expected.get()) {
      if (watch.count() > seen) {
        seen = watch.count();
        deadline = System.nanoTime() + PATIENCE_NANOS;
      } else if (System.nanoTime() > deadline) {
        say("no more results come");
        return;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /**
   * Waits.
   *
   * @throws IllegalStateException if the server ends before, or it takes too long
   */
  private void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.holds()) {
      if (!job.serverIsAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "the job is stuck, or its server gone; the end of its log:\n" + job.logTail());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private Future<?> feed(long upTo, long portion) {
    return feeder.submit(
        () -> {
          load.sendUpTo(upTo, Math.max(1000, portion / PORTION_SECONDS));
          return null;
        });
  }

  private static void say(String format, Object... values) {
    System.err.println("chaos-python: " + String.format(Locale.ROOT, format, values));
  }

  @Override
  public void close() {
    feeder.shutdownNow();
    load.close();
    watch.close();
    job.close();
  }
}
