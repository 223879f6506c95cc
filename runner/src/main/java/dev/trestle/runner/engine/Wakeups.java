package dev.trestle.runner.engine;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** When tasks want their next turn, by processing time; the earliest of each. Not thread safe. */
final class Wakeups {

  private record Wakeup(long millis, Task task) implements Comparable<Wakeup> {
    @Override
    public int compareTo(Wakeup other) {
      return Long.compare(millis, other.millis);
    }
  }

  private final PriorityQueue<Wakeup> queue = new PriorityQueue<>();
  private final Map<Task, Long> earliest = new HashMap<>();

  void add(Task task, long millis) {
    Long known = earliest.get(task);
    if (known == null || millis < known) {
      earliest.put(task, millis);
      queue.add(new Wakeup(millis, task));
    }
  }

  /** Takes a task whose time has come, or null where there is none. */
  @Nullable Task pollDue(InstantSource clock) {
    while (true) {
      Wakeup first = queue.peek();
      if (first == null || first.millis() > clock.millis()) {
        return null;
      }
      queue.poll();
      Long wanted = earliest.get(first.task());
      if (wanted != null && wanted == first.millis()) {
        earliest.remove(first.task());
        return first.task();
      }
    }
  }

  /** The earliest time wanted, or {@code Long.MAX_VALUE}. */
  long next() {
    Wakeup first = queue.peek();
    return first == null ? Long.MAX_VALUE : first.millis();
  }
}
