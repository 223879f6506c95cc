package dev.trestle.translation.fusion;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Which stages must come before which, stages being named by the vertices that are their roots. */
final class Precedence {
  private final Map<Integer, Set<Integer>> before = new HashMap<>();

  /** Requires that a stage comes after others. */
  void require(Set<Integer> earlier, int later) {
    earlier.forEach(this::stages);
    stages(later).addAll(earlier);
  }

  private Set<Integer> stages(int later) {
    return before.computeIfAbsent(later, any -> new LinkedHashSet<>());
  }

  /** Whether any of the stages {@code earlier} must come before any of {@code later}, or is one. */
  boolean implies(Set<Integer> earlier, Set<Integer> later) {
    Set<Integer> seen = new HashSet<>(later);
    Deque<Integer> open = new ArrayDeque<>(later);
    for (Integer stage = open.poll(); stage != null; stage = open.poll()) {
      if (earlier.contains(stage)) {
        return true;
      }
      for (int next : stages(stage)) {
        if (seen.add(next)) {
          open.add(next);
        }
      }
    }
    return false;
  }

  /** All stages, every one after those that must come before it, else by number (Kahn). */
  List<Integer> order() {
    Map<Integer, List<Integer>> after = new HashMap<>();
    Map<Integer, Integer> missing = new HashMap<>();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    before.forEach(
        (stage, needed) -> {
          missing.put(stage, needed.size());
          needed.forEach(one -> after.computeIfAbsent(one, any -> new ArrayList<>()).add(stage));
          if (needed.isEmpty()) {
            ready.add(stage);
          }
        });
    List<Integer> order = new ArrayList<>();
    for (Integer next = ready.poll(); next != null; next = ready.poll()) {
      order.add(next);
      for (int stage : after.getOrDefault(next, List.of())) {
        if (missing.merge(stage, -1, Integer::sum) == 0) {
          ready.add(stage);
        }
      }
    }
    return order;
  }
}
