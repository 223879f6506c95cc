package dev.trestle.translation.harness;

import dev.trestle.translation.wire.WireComponents;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PCollection;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimerFamilySpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.WindowingStrategy;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** Writes the descriptor of a stage. */
final class StageDescriptor {
  static final String SOURCE = "beam:runner:source:v1";
  static final String SINK = "beam:runner:sink:v1";

  private final WireComponents components;
  private final ProcessBundleDescriptor.Builder descriptor = ProcessBundleDescriptor.newBuilder();
  private final Set<String> collections = new TreeSet<>();
  private final Set<String> coderIds = new TreeSet<>();

  StageDescriptor(WireComponents components) {
    this.components = components;
  }

  /**
   * Adds the port through which the input comes.
   *
   * @return its id
   */
  String addSource(String collection) {
    return addSource(
        collection, components.portCoderId(collection, components.coderId(collection)));
  }

  /**
   * The same for input that is coded in another way than its collection.
   *
   * @param coderId of the port
   */
  String addSource(String collection, String coderId) {
    String id = "trestle:read:" + collection;
    addPort(id, PTransform.newBuilder().putOutputs("out", collection), SOURCE, coderId);
    return id;
  }

  /**
   * Adds a port through which output goes.
   *
   * @param coderId of the port
   * @return its id
   */
  String addSink(String collection, String coderId) {
    String id = "trestle:write:" + collection + ":" + coderId;
    addPort(id, PTransform.newBuilder().putInputs("in", collection), SINK, coderId);
    return id;
  }

  private void addPort(String id, PTransform.Builder transform, String urn, String coderId) {
    coderIds.add(coderId);
    RemoteGrpcPort port = RemoteGrpcPort.newBuilder().setCoderId(coderId).build();
    add(
        id,
        transform
            .setUniqueName(id)
            .setSpec(FunctionSpec.newBuilder().setUrn(urn).setPayload(port.toByteString()))
            .build());
  }

  /** Adds a transform as a whole: of what it may consist of nobody is to know. */
  void add(String id, PTransform transform) {
    descriptor.putTransforms(id, transform.toBuilder().clearSubtransforms().build());
    collections.addAll(transform.getInputsMap().values());
    collections.addAll(transform.getOutputsMap().values());
  }

  /** Adds a collection that is nowhere in the pipeline, but like one that is handed in. */
  void addLike(String collection, String id) {
    descriptor.putPcollections(
        id, components.wiredCollection(collection).toBuilder().setUniqueName(id).build());
  }

  /** Adds a transform with its timers coded as on the wire. */
  void add(SdkTransform transform) {
    ParDoPayload parDo = transform.parDo();
    if (parDo.getTimerFamilySpecsCount() == 0) {
      add(transform.id(), transform.proto());
      return;
    }
    ParDoPayload.Builder wired = parDo.toBuilder();
    for (Map.Entry<String, TimerFamilySpec> timers : parDo.getTimerFamilySpecsMap().entrySet()) {
      String coderId = components.timerCoderId(timers.getValue().getTimerFamilyCoderId());
      wired.putTimerFamilySpecs(
          timers.getKey(), timers.getValue().toBuilder().setTimerFamilyCoderId(coderId).build());
    }
    PTransform.Builder proto = transform.proto().toBuilder();
    proto.getSpecBuilder().setPayload(wired.build().toByteString());
    add(transform.id(), proto.build());
  }

  /**
   * Ends the descriptor.
   *
   * @param wired the collections whose elements the runner hands to the worker: the worker has to
   *     code them, and parts of them, as the runner does
   */
  ProcessBundleDescriptor finish(Set<String> wired) throws InvalidProtocolBufferException {
    collections.removeAll(descriptor.getPcollectionsMap().keySet());
    for (String id : collections) {
      descriptor.putPcollections(
          id,
          components.told(
              id,
              wired.contains(id)
                  ? components.wiredCollection(id)
                  : components.protos().getPcollectionsOrThrow(id)));
    }
    ReachableCoders coders = new ReachableCoders(components.protos());
    coderIds.forEach(coders::add);
    for (PTransform transform : descriptor.getTransformsMap().values()) {
      coders.addCodersOf(transform.getSpec());
    }
    for (PCollection collection : descriptor.getPcollectionsMap().values()) {
      String id = collection.getWindowingStrategyId();
      WindowingStrategy windowing = components.wiredWindowing(id);
      descriptor.putWindowingStrategies(id, windowing);
      coders.add(windowing.getWindowCoderId());
      coders.add(collection.getCoderId());
    }
    return descriptor
        .putAllCoders(coders.coders())
        .putAllEnvironments(components.protos().getEnvironmentsMap())
        .build();
  }
}
