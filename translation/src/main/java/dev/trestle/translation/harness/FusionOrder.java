package dev.trestle.translation.harness;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/** Puts transforms of harnesses behind those that they read, directly or through flattens. */
final class FusionOrder {

  /** A transform, or a flatten where there is none. */
  private record Entry(List<SdkTransform> transform, Collection<String> outputs) {}

  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, List<Integer>> readers = new HashMap<>();
  private final List<Integer> missing = new ArrayList<>();

  private FusionOrder() {}

  /**
   * Transforms in topological order, otherwise as they come.
   *
   * @throws IllegalArgumentException if there is none
   */
  static List<SdkTransform> of(List<SdkTransform> transforms, Map<String, PTransform> flattens) {
    FusionOrder order = new FusionOrder();
    for (SdkTransform transform : transforms) {
      order.add(List.of(transform), Set.of(transform.input()), transform.proto());
    }
    for (PTransform flatten : flattens.values()) {
      order.add(List.of(), Set.copyOf(flatten.getInputsMap().values()), flatten);
    }
    return order.sort();
  }

  private void add(List<SdkTransform> transform, Set<String> inputs, PTransform proto) {
    int index = entries.size();
    entries.add(new Entry(transform, proto.getOutputsMap().values()));
    inputs.forEach(input -> readers.computeIfAbsent(input, any -> new ArrayList<>()).add(index));
    missing.add(0);
  }

  private List<SdkTransform> sort() {
    for (Entry entry : entries) {
      readersOf(entry).forEach(reader -> missing.set(reader, missing.get(reader) + 1));
    }
    Queue<Integer> ready = new ArrayDeque<>();
    for (int i = 0; i < entries.size(); i++) {
      if (missing.get(i) == 0) {
        ready.add(i);
      }
    }
    List<SdkTransform> sorted = new ArrayList<>();
    int done = 0;
    for (Integer next = ready.poll(); next != null; next = ready.poll(), done++) {
      sorted.addAll(entries.get(next).transform());
      for (int reader : readersOf(entries.get(next))) {
        missing.set(reader, missing.get(reader) - 1);
        if (missing.get(reader) == 0) {
          ready.add(reader);
        }
      }
    }
    if (done < entries.size()) {
      throw new IllegalArgumentException(
          "Malformed pipeline: " + (entries.size() - done) + " transforms depend on themselves");
    }
    return sorted;
  }

  private List<Integer> readersOf(Entry entry) {
    List<Integer> all = new ArrayList<>();
    entry.outputs().forEach(output -> all.addAll(readers.getOrDefault(output, List.of())));
    return all;
  }
}
