package dev.trestle.translation.steps;

import java.util.List;

/**
 * All steps of a pipeline. There are no flattens in it: the reader of a flatten reads each of its
 * inputs.
 *
 * @param vertices in topological order, side inputs included; {@code vertices.get(i).id() == i}
 */
public record StepGraph(List<Vertex> vertices) {

  public StepGraph {
    vertices = List.copyOf(vertices);
  }

  public Vertex vertex(int id) {
    return vertices.get(id);
  }
}
