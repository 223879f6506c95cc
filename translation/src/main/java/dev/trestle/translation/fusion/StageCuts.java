package dev.trestle.translation.fusion;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.steps.Entry;
import dev.trestle.translation.steps.StepGraph;
import dev.trestle.translation.steps.Vertex;
import dev.trestle.translation.steps.Vertex.Port;
import dev.trestle.translation.steps.Vertex.Read;
import dev.trestle.translation.steps.Vertex.ViewRead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Cuts a fused step off the steps before it, by a {@link Step.Redistribute} of its input, where the
 * stages could not be put in order otherwise, or would become too many copies.
 *
 * <p><b>Order.</b> A side input has to be made by earlier stages than the one that reads it. But a
 * stage may well make a collection and read a view of it:
 *
 * <pre>
 *   root -> A -> view
 *     \--> B reads the view
 * </pre>
 *
 * Fused, {@code A} and {@code B} are in one stage, which would be before the view and after it. The
 * circle can be larger: two stages, each of which reads a view that the other makes. So this class
 * keeps the order that the stages made so far require ({@link Precedence}), going through the steps
 * in topological order. A step with side inputs joins the stages of its input only if none of them
 * has to come before any of its views; otherwise it is cut off. A new root has nothing after it
 * yet, so an edge to it never closes a circle, and what a later step requires is tried before it is
 * added: the order exists at every moment, and at the end.
 *
 * <p>Each trial is a search among the stages before the views; a pipeline has few views compared to
 * its steps.
 *
 * <p><b>Copies.</b> A step behind a flatten is copied into the stages of all that is flattened. Few
 * copies cost less than an edge. Hundreds of flattened sources would make hundreds of copies of the
 * rest of the pipeline, so beyond {@link #MAX_COPIES} the flatten becomes an edge. The graph is at
 * most so many times the size of the pipeline.
 */
final class StageCuts {
  /** In how many stages a step may be. */
  static final int MAX_COPIES = 32;

  private final StepGraph source;
  private final List<Vertex> cut = new ArrayList<>();
  private final Map<Integer, Integer> moved = new HashMap<>();
  private final Map<String, Read> gathered = new HashMap<>();
  private final Roots roots = new Roots();
  private final Precedence precedence = new Precedence();

  private StageCuts(StepGraph source) {
    this.source = source;
  }

  static CutGraph apply(StepGraph steps) {
    return new StageCuts(steps).apply();
  }

  private CutGraph apply() {
    for (Vertex vertex : source.vertices()) {
      List<Read> reads = vertex.reads().stream().map(this::moved).toList();
      List<ViewRead> views = vertex.views().stream().map(this::moved).toList();
      if (!vertex.root()) {
        reads = cutWhereNeeded(vertex, reads, views);
      }
      moved.put(vertex.id(), cut.size());
      add(
          new Vertex(
              cut.size(),
              vertex.step(),
              vertex.entry(),
              vertex.input(),
              vertex.ports(),
              reads,
              views));
    }
    return new CutGraph(new StepGraph(cut), roots, precedence);
  }

  private List<Read> cutWhereNeeded(Vertex vertex, List<Read> reads, List<ViewRead> views) {
    Collection input = Objects.requireNonNull(vertex.input());
    List<Read> result = reads;
    if (roots.ofReads(result).size() > MAX_COPIES) {
      List<Read> many = result;
      result = List.of(gathered.computeIfAbsent(input.id(), id -> gather(vertex, input, many)));
    }
    if (precedence.implies(roots.ofReads(result), stages(views))) {
      result = List.of(gather(vertex, input, result));
    }
    return result;
  }

  /** Adds a root that passes on what is read. */
  private Read gather(Vertex reader, Collection input, List<Read> reads) {
    TransformName name = reader.step().transform();
    int id = cut.size();
    add(
        new Vertex(
            id,
            new Step.Redistribute(new TransformName(name.id() + "/cut", name.fullName()), input),
            Entry.FORWARD,
            input,
            List.of(new Port("out", input)),
            reads,
            List.of()));
    return new Read(id, 0);
  }

  private void add(Vertex vertex) {
    cut.add(vertex);
    roots.add(vertex);
    if (vertex.root()) {
      precedence.require(roots.ofReads(vertex.reads()), vertex.id());
    }
    Set<Integer> views = stages(vertex.views());
    if (!views.isEmpty()) {
      roots.of(vertex.id()).forEach(stage -> precedence.require(views, stage));
    }
  }

  /** A view is the root of its stage. */
  private static Set<Integer> stages(List<ViewRead> views) {
    return views.stream().map(ViewRead::vertex).collect(Collectors.toCollection(TreeSet::new));
  }

  private Read moved(Read read) {
    return new Read(moved(read.vertex()), read.port());
  }

  private ViewRead moved(ViewRead view) {
    return new ViewRead(view.tag(), moved(view.vertex()));
  }

  private int moved(int vertex) {
    return Objects.requireNonNull(moved.get(vertex));
  }
}
