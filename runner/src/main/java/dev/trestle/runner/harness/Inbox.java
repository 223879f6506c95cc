package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.Wakeable;
import dev.trestle.runner.worker.WorkerException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.jspecify.annotations.Nullable;

/**
 * Where the threads of workers leave what is for a task. Any thread puts; the task's owner polls.
 */
final class Inbox {

  /** A question, to be answered even where there is no room for anything else. */
  record Question(RemoteBundle bundle, StateRequest request) {}

  private final Wakeable task;
  private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
  private final Queue<Question> questions = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable WorkerException> failure = new AtomicReference<>();

  /**
   * An empty one.
   *
   * @param task woken whenever something is left
   */
  Inbox(Wakeable task) {
    this.task = task;
  }

  void put(Arrival arrival) {
    arrivals.add(arrival);
    task.wake();
  }

  void put(Question question) {
    questions.add(question);
    task.wake();
  }

  /** Says that a bundle has failed. Of several failures the first one counts. */
  void fail(WorkerException cause) {
    failure.compareAndSet(null, cause);
    task.wake();
  }

  boolean hasArrivals() {
    return !arrivals.isEmpty();
  }

  @Nullable Arrival pollArrival() {
    return arrivals.poll();
  }

  @Nullable Question pollQuestion() {
    return questions.poll();
  }

  @Nullable WorkerException failure() {
    return failure.get();
  }
}
