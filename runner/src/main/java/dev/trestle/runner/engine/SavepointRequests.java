package dev.trestle.runner.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.engine.RunningJob.AfterSavepoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Savepoints that were asked for and are not there yet, first come, first served. Thread safe. */
final class SavepointRequests {

  /**
   * Somebody wants a savepoint.
   *
   * @param place takes where it is
   */
  record Request(AfterSavepoint then, CompletableFuture<String> place) {}

  @GuardedBy("this")
  private final Deque<Request> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private @Nullable String closed;

  synchronized CompletableFuture<String> add(AfterSavepoint then) {
    Request request = new Request(then, new CompletableFuture<>());
    if (closed == null) {
      waiting.add(request);
    } else {
      request.place.completeExceptionally(new JobRefusal(closed));
    }
    return request.place;
  }

  /** The next one, which stays the next until {@link #remove}; null if there is none. */
  synchronized @Nullable Request next() {
    return waiting.peek();
  }

  /** Says that one has been answered. */
  synchronized void remove(Request request) {
    waiting.remove(request);
  }

  /**
   * Refuses all that wait, and all to come.
   *
   * @param why for people
   */
  synchronized void close(String why) {
    closed = why;
    waiting.forEach(request -> request.place.completeExceptionally(new JobRefusal(why)));
    waiting.clear();
  }
}
