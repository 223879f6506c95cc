package dev.trestle.runner.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ready tasks: those that read from other tasks by depth, deepest first; then sources, in turn;
 * last those that run only when everything else is quiet. Not thread safe.
 */
final class ReadyQueue {

  /** Tasks with input by depth; at 0 those that make their own work. */
  private final List<Deque<Task>> byUrgency = new ArrayList<>();

  private final Deque<Task> whenQuiet = new ArrayDeque<>();
  private int size;

  void add(Task task) {
    if (task.runsOnlyWhenQuiet()) {
      whenQuiet.add(task);
      return;
    }
    int urgency = task.urgency();
    while (byUrgency.size() <= urgency) {
      byUrgency.add(new ArrayDeque<>());
    }
    byUrgency.get(urgency).add(task);
    size++;
  }

  /** The next task, or null where there is none. */
  @Nullable Task poll() {
    if (size == 0) {
      return null;
    }
    for (int urgency = byUrgency.size() - 1; urgency >= 0; urgency--) {
      Task task = byUrgency.get(urgency).poll();
      if (task != null) {
        size--;
        return task;
      }
    }
    throw new IllegalStateException("The queue says it has " + size + " tasks and has none");
  }

  /** The next task of those that wait for quiet, or null where there is none. */
  @Nullable Task pollWhenQuiet() {
    return whenQuiet.poll();
  }

  /** How many are ready, those that wait for quiet not counted. */
  int size() {
    return size;
  }
}
