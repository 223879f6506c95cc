package dev.trestle.translation.transform;

import dev.trestle.translation.graph.TransformName;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/** A transform that is translated as a whole. */
record Found(TransformName name, PTransform proto, Role role) {

  /** Who executes it, and what it does to elements. */
  enum Role {
    /** The runner calls it, or looks into elements for it: it needs them as objects. */
    OBJECTS,
    /** The runner does it, and passes elements on as they come. */
    PASSES_ON,
    /** An SDK harness runs it. */
    SDK,
    /** Nobody knows what it is. */
    UNKNOWN
  }

  String urn() {
    return proto.getSpec().getUrn();
  }
}
