package dev.trestle.runner.worker;

import dev.trestle.translation.wire.ElementText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampleDataResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampledElement;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.fn.data.RemoteGrpcPortRead;
import org.jspecify.annotations.Nullable;

/** Reads what a worker has sampled, with the help of the descriptors that it has. */
final class Samples {

  private final Collection<ProcessBundleDescriptor> descriptors;

  Samples(Collection<ProcessBundleDescriptor> descriptors) {
    this.descriptors = descriptors;
  }

  /** The samples, by collection. Those of a collection that no descriptor has are left out. */
  List<Sample> of(SampleDataResponse response) {
    List<Sample> samples = new ArrayList<>();
    response
        .getElementSamplesMap()
        .forEach((collection, elements) -> add(collection, elements.getElementsList(), samples));
    return samples;
  }

  private void add(String collection, List<SampledElement> elements, List<Sample> to) {
    Origin origin = origin(collection);
    if (origin == null) {
      return;
    }
    ElementText text = new ElementText(origin.descriptor.getCodersMap());
    String coder = origin.descriptor.getPcollectionsOrThrow(collection).getCoderId();
    for (SampledElement each : elements) {
      to.add(
          new Sample(
              collection,
              origin.producer,
              text.of(each.getElement().toByteArray(), coder),
              name(each.getException().getTransformId()),
              each.getException().getError()));
    }
  }

  /** Where a collection comes from, and the descriptor by which the worker has encoded it. */
  private record Origin(ProcessBundleDescriptor descriptor, String producer) {}

  /**
   * The stage that makes a collection, rather than one that it is handed to: there it may be coded
   * in another way. Null if no descriptor has it.
   */
  private @Nullable Origin origin(String collection) {
    Origin handedTo = null;
    for (ProcessBundleDescriptor descriptor : descriptors) {
      for (PTransform transform : descriptor.getTransformsMap().values()) {
        if (transform.getOutputsMap().containsValue(collection)) {
          if (!transform.getSpec().getUrn().equals(RemoteGrpcPortRead.URN)) {
            return new Origin(descriptor, transform.getUniqueName());
          }
          String name = descriptor.getPcollectionsOrThrow(collection).getUniqueName();
          handedTo = new Origin(descriptor, name);
        }
      }
    }
    return handedTo;
  }

  private String name(String transform) {
    for (ProcessBundleDescriptor descriptor : descriptors) {
      Map<String, PTransform> transforms = descriptor.getTransformsMap();
      if (transforms.containsKey(transform)) {
        return transforms.get(transform).getUniqueName();
      }
    }
    return transform;
  }
}
