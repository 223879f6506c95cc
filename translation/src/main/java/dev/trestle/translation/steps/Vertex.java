package dev.trestle.translation.steps;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step and what it reads.
 *
 * @param id position in {@link StepGraph#vertices()}
 * @param input the collection that the reads add up to; null for a source only
 * @param ports its outputs
 * @param reads every output whose elements are its input; one that is flattened with itself occurs
 *     more than once
 * @param views its side inputs
 */
public record Vertex(
    int id,
    Step step,
    Entry entry,
    @Nullable Collection input,
    List<Port> ports,
    List<Read> reads,
    List<ViewRead> views) {

  /** An output: its local name and what comes out of it. */
  public record Port(String tag, Collection collection) {}

  /** One output of another vertex. */
  public record Read(int vertex, int port) {}

  /** A side input: its local name and the vertex of its {@link Step.View}. */
  public record ViewRead(String tag, int vertex) {}

  public Vertex {
    ports = List.copyOf(ports);
    reads = List.copyOf(reads);
    views = List.copyOf(views);
  }

  /** Whether a stage begins here. */
  public boolean root() {
    return entry != Entry.FUSED;
  }
}
