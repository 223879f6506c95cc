package dev.trestle.integration.chaos;

import dev.trestle.integration.chaos.Kill.Moment;
import dev.trestle.integration.process.JavaProcess;
import java.io.IOException;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** One process of the job, from its start until it ends or is killed. Not thread-safe. */
final class Incarnation implements AutoCloseable {

  /** One that gets nowhere for so long is stuck. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final long LOOK_MILLIS = 5;

  private final JavaProcess process;
  private final ResultsWatch watch;
  private final CheckpointLog log;
  private final long resultsBefore;
  private final long entriesBefore;
  private final long start = System.nanoTime();
  private OptionalDouble secondsToResult = OptionalDouble.empty();

  /** What may be waited for. */
  interface Condition {
    boolean holds() throws Exception;
  }

  /**
   * A process that has just been started.
   *
   * @param resultsBefore how many results there were then
   * @param entriesBefore the last entry of the log then
   */
  Incarnation(
      JavaProcess process,
      ResultsWatch watch,
      CheckpointLog log,
      long resultsBefore,
      long entriesBefore) {
    this.process = process;
    this.watch = watch;
    this.log = log;
    this.resultsBefore = resultsBefore;
    this.entriesBefore = entriesBefore;
  }

  /** Whether it has come so far. */
  boolean has(Moment moment) throws IOException {
    return switch (moment) {
      case START -> true;
      case CHECKPOINT -> log.last() >= entriesBefore + 2; // the claim comes first
      case RESULT -> secondsToResult.isPresent();
    };
  }

  /**
   * Waits.
   *
   * @throws IllegalStateException if it ends before, or takes too long
   */
  void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw stuck();
      }
      if (look(LOOK_MILLIS)) {
        throw new IllegalStateException(
            "the job has ended by itself with " + process.exitCode() + "; its log:\n" + logTail());
      }
    }
  }

  /** Lets it go on for so long. */
  void live(long millis) throws Exception {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    await(() -> System.nanoTime() >= until);
  }

  /**
   * Waits until it ends by itself.
   *
   * @throws IllegalStateException if it fails, or nothing more comes out of it for too long
   */
  void awaitEnd() throws InterruptedException, IOException {
    long results = -1;
    long deadline = 0;
    while (!look(LOOK_MILLIS)) {
      if (results != watch.count()) {
        results = watch.count();
        deadline = System.nanoTime() + PATIENCE_NANOS;
      } else if (System.nanoTime() > deadline) {
        throw stuck();
      }
    }
    if (process.exitCode() != 0) {
      throw new IllegalStateException("the job has failed; the end of its log:\n" + logTail());
    }
  }

  /** Waits a little for its end, and notes when its first result is there. */
  private boolean look(long millis) throws InterruptedException {
    boolean ended = process.await(millis);
    if (secondsToResult.isEmpty() && watch.count() > resultsBefore) {
      secondsToResult = OptionalDouble.of((System.nanoTime() - start) / 1e9);
    }
    return ended;
  }

  /** From its start to its first result, if it had one. */
  OptionalDouble secondsToResult() {
    return secondsToResult;
  }

  /** How long it has been there, in milliseconds. */
  long age() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  void kill() throws InterruptedException {
    process.kill();
  }

  private IllegalStateException stuck() throws IOException, InterruptedException {
    String tail = logTail();
    process.dumpThreads();
    return new IllegalStateException(
        "the job is stuck; its threads are in its log, which ended with:\n" + tail);
  }

  private String logTail() throws IOException {
    return process.logTail();
  }

  @Override
  public void close() {
    process.close();
  }
}
