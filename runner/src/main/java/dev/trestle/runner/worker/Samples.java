package dev.trestle.runner.worker;

import dev.trestle.translation.print.ElementText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampleDataResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampledElement;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.fn.data.RemoteGrpcPortRead;

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
    for (ProcessBundleDescriptor descriptor : descriptors) {
      if (descriptor.containsPcollections(collection)) {
        ElementText text = new ElementText(descriptor.getCodersMap());
        String coder = descriptor.getPcollectionsOrThrow(collection).getCoderId();
        String producer = producer(collection, descriptor);
        for (SampledElement each : elements) {
          to.add(
              new Sample(
                  collection,
                  producer,
                  text.of(each.getElement().toByteArray(), coder),
                  name(each.getException().getTransformId()),
                  each.getException().getError()));
        }
        return;
      }
    }
  }

  private String producer(String collection, ProcessBundleDescriptor in) {
    for (ProcessBundleDescriptor descriptor : descriptors) {
      for (PTransform transform : descriptor.getTransformsMap().values()) {
        // Where the collection only comes in it is a port that puts it out.
        if (transform.getOutputsMap().containsValue(collection)
            && !transform.getSpec().getUrn().equals(RemoteGrpcPortRead.URN)) {
          return transform.getUniqueName();
        }
      }
    }
    return in.getPcollectionsOrThrow(collection).getUniqueName();
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
