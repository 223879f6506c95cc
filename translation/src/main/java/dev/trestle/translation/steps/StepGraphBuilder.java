package dev.trestle.translation.steps;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.steps.Vertex.Port;
import dev.trestle.translation.steps.Vertex.Read;
import dev.trestle.translation.steps.Vertex.ViewRead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.beam.sdk.coders.IterableCoder;
import org.jspecify.annotations.Nullable;

/**
 * Takes steps in any order and joins them by the ids of the collections they read and write.
 * Confined to one thread.
 */
public final class StepGraphBuilder {

  /** A side input of a step to be. */
  public record SideInput(String tag, Collection collection, String materialization) {}

  /** A step, or a flatten where {@code step} is null, whose ids are not resolved yet. */
  private record Draft(
      @Nullable Step step,
      Entry entry,
      @Nullable Collection input,
      List<Port> ports,
      List<String> inputs,
      List<SideInput> sideInputs) {}

  private final List<Draft> drafts = new ArrayList<>();
  private final Set<String> views = new HashSet<>();

  /** Adds a step that makes elements. */
  public void source(Step step, Port port) {
    drafts.add(new Draft(step, Entry.SOURCE, null, List.of(port), List.of(), List.of()));
  }

  /** Adds a step without side inputs. */
  public void step(Entry entry, Step step, Collection input, Port port) {
    step(entry, step, input, List.of(port), List.of());
  }

  /** Adds a step. Views that its side inputs need and nobody asked for before are added, too. */
  public void step(
      Entry entry, Step step, Collection input, List<Port> ports, List<SideInput> sideInputs) {
    drafts.add(new Draft(step, entry, input, ports, List.of(input.id()), sideInputs));
    sideInputs.forEach(this::addView);
  }

  /** Makes a collection of all elements of others. */
  public void flatten(TransformName name, List<String> inputs, Port output) {
    if (inputs.isEmpty()) {
      source(new Step.Empty(name), output);
    } else {
      drafts.add(new Draft(null, Entry.FUSED, null, List.of(output), inputs, List.of()));
    }
  }

  private void addView(SideInput side) {
    Collection read = side.collection();
    String id = viewId(side);
    if (views.add(id)) {
      Collection panes =
          new Collection(id, IterableCoder.of(read.coder()), read.windowing(), read.bounded());
      step(
          Entry.REBALANCE,
          new Step.View(
              new TransformName(id, "View of " + read.id()), read, side.materialization()),
          read,
          new Port("panes", panes));
    }
  }

  private static String viewId(SideInput side) {
    return side.collection().id() + " as " + side.materialization();
  }

  /**
   * Resolves every id.
   *
   * @throws IllegalArgumentException if a collection has no producer, or two, or depends on itself
   */
  public StepGraph build() {
    return new Resolution().resolve();
  }

  /** Kahn's algorithm: a draft is resolved when everything that it reads is. */
  private final class Resolution {
    private final Map<String, Integer> producers = new HashMap<>();
    private final Map<String, List<Read>> reads = new HashMap<>();
    private final List<Vertex> resolved = new ArrayList<>();

    StepGraph resolve() {
      for (int i = 0; i < drafts.size(); i++) {
        for (Port port : drafts.get(i).ports()) {
          Integer other = producers.put(port.collection().id(), i);
          if (other != null) {
            throw malformed("two transforms produce " + port.collection().id());
          }
        }
      }
      List<List<Integer>> readers = new ArrayList<>();
      drafts.forEach(draft -> readers.add(new ArrayList<>()));
      int[] missing = new int[drafts.size()];
      Queue<Integer> ready = new ArrayDeque<>();
      for (int i = 0; i < drafts.size(); i++) {
        List<String> needed = needs(drafts.get(i));
        for (String collection : needed) {
          Integer producer = producers.get(collection);
          if (producer == null) {
            throw malformed("nothing produces " + collection);
          }
          readers.get(producer).add(i);
        }
        missing[i] = needed.size();
        if (needed.isEmpty()) {
          ready.add(i);
        }
      }
      int done = 0;
      for (Integer next = ready.poll(); next != null; next = ready.poll(), done++) {
        add(drafts.get(next));
        for (int reader : readers.get(next)) {
          if (--missing[reader] == 0) {
            ready.add(reader);
          }
        }
      }
      if (done < drafts.size()) {
        throw malformed((drafts.size() - done) + " transforms depend on themselves");
      }
      return new StepGraph(resolved);
    }

    private List<String> needs(Draft draft) {
      List<String> needs = new ArrayList<>(draft.inputs());
      draft.sideInputs().forEach(side -> needs.add(viewId(side)));
      return needs;
    }

    private void add(Draft draft) {
      List<Read> inputs = new ArrayList<>();
      draft.inputs().forEach(input -> inputs.addAll(readsOf(input)));
      Step step = draft.step();
      if (step == null) {
        reads.put(draft.ports().get(0).collection().id(), inputs);
        return;
      }
      int id = resolved.size();
      for (int port = 0; port < draft.ports().size(); port++) {
        reads.put(draft.ports().get(port).collection().id(), List.of(new Read(id, port)));
      }
      List<ViewRead> viewReads = new ArrayList<>();
      for (SideInput side : draft.sideInputs()) {
        viewReads.add(new ViewRead(side.tag(), readsOf(viewId(side)).get(0).vertex()));
      }
      resolved.add(
          new Vertex(id, step, draft.entry(), draft.input(), draft.ports(), inputs, viewReads));
    }

    private List<Read> readsOf(String collection) {
      List<Read> found = reads.get(collection);
      if (found == null) {
        throw new IllegalStateException(collection + " is read before it is resolved");
      }
      return found;
    }

    private static IllegalArgumentException malformed(String how) {
      return new IllegalArgumentException("Malformed pipeline: " + how);
    }
  }
}
