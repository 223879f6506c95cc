package dev.trestle.translation.fusion;

import dev.trestle.translation.steps.Vertex;
import dev.trestle.translation.steps.Vertex.Read;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which stages a step is in, as the vertices that are their roots. Vertices are added in
 * topological order.
 */
final class Roots {
  private final List<Set<Integer>> byVertex = new ArrayList<>();

  /** The roots of a vertex that was added. */
  Set<Integer> of(int vertex) {
    return byVertex.get(vertex);
  }

  /** Adds the next vertex. */
  void add(Vertex vertex) {
    byVertex.add(vertex.root() ? Set.of(vertex.id()) : ofReads(vertex.reads()));
  }

  /** The roots of all that is read. */
  Set<Integer> ofReads(List<Read> reads) {
    if (reads.isEmpty()) {
      return Set.of();
    }
    Set<Integer> first = of(reads.get(0).vertex());
    if (reads.stream().allMatch(read -> of(read.vertex()).equals(first))) {
      return first; // shared: a long chain has one set
    }
    Set<Integer> roots = new LinkedHashSet<>();
    reads.forEach(read -> roots.addAll(of(read.vertex())));
    return roots;
  }
}
