package dev.trestle.translation.harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/**
 * Transforms that an SDK harness runs as one: what reads a collection, and what can be reached from
 * there without the runner.
 *
 * @param transforms in topological order, the first ones reading {@code input}
 * @param flattens what brings together collections within, by id
 */
public record HarnessStage(
    String input, List<SdkTransform> transforms, Map<String, PTransform> flattens) {

  public HarnessStage {
    transforms = List.copyOf(transforms);
    flattens = Map.copyOf(flattens);
  }

  /** Stands for all of them, and is in no other stage. */
  public SdkTransform first() {
    return transforms.get(0);
  }

  /** The collections that its transforms write. */
  public Set<String> outputs() {
    Set<String> outputs = new TreeSet<>();
    transforms.forEach(transform -> outputs.addAll(transform.proto().getOutputsMap().values()));
    return outputs;
  }

  /** All transforms by id, flattens included. */
  Map<String, PTransform> protos() {
    Map<String, PTransform> protos = new LinkedHashMap<>();
    transforms.forEach(transform -> protos.put(transform.id(), transform.proto()));
    protos.putAll(flattens);
    return protos;
  }
}
