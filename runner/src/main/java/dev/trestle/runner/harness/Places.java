package dev.trestle.runner.harness;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Where the tasks of a stage have long bundles processed: each task has a place at its own worker,
 * and borrows that of another one while nothing is done there. So a task that has got more than its
 * share of the work, or the larger pieces, does not keep the others waiting. Any thread may call.
 */
final class Places {

  /** How many bundles are at each. */
  private final AtomicIntegerArray busy;

  /**
   * All free.
   *
   * @param tasks of the job's stages, at least 1
   */
  Places(int tasks) {
    busy = new AtomicIntegerArray(tasks);
  }

  int count() {
    return busy.length();
  }

  /** Takes a task's own place, even where another task has borrowed it. */
  void take(int taskIndex) {
    busy.incrementAndGet(taskIndex);
  }

  /** Takes a place where nothing is done. Answers whose it is, or -1 if there is none. */
  int borrow() {
    for (int place = 0; place < busy.length(); place++) {
      if (busy.compareAndSet(place, 0, 1)) {
        return place;
      }
    }
    return -1;
  }

  /** Whether {@link #borrow} would find one. */
  boolean anyFree() {
    for (int place = 0; place < busy.length(); place++) {
      if (busy.get(place) == 0) {
        return true;
      }
    }
    return false;
  }

  /** Gives back what has been taken or borrowed. */
  void leave(int place) {
    busy.decrementAndGet(place);
  }
}
