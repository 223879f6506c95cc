package dev.trestle.translation.harness;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi.Coder;
import org.apache.beam.model.pipeline.v1.RunnerApi.CombinePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ComponentsOrBuilder;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.StateSpec;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * The coders that a descriptor needs. A pipeline may have thousands, and there is a descriptor for
 * each stage. What a transform of an unknown URN refers to is not known: then it is all of them.
 */
final class ReachableCoders {
  private static final Set<String> COMBINES =
      Set.of(
          PTransformTranslation.COMBINE_PER_KEY_PRECOMBINE_TRANSFORM_URN,
          PTransformTranslation.COMBINE_PER_KEY_MERGE_ACCUMULATORS_TRANSFORM_URN,
          PTransformTranslation.COMBINE_PER_KEY_EXTRACT_OUTPUTS_TRANSFORM_URN,
          PTransformTranslation.COMBINE_PER_KEY_CONVERT_TO_ACCUMULATORS_TRANSFORM_URN,
          PTransformTranslation.COMBINE_GROUPED_VALUES_TRANSFORM_URN);

  /** Transforms without coders of their own. */
  private static final Set<String> PLAIN =
      Set.of(
          StageDescriptor.SOURCE,
          StageDescriptor.SINK,
          PTransformTranslation.FLATTEN_TRANSFORM_URN,
          PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN,
          PTransformTranslation.MERGE_WINDOWS_TRANSFORM_URN,
          PTransformTranslation.MAP_WINDOWS_TRANSFORM_URN);

  private final ComponentsOrBuilder protos;
  private final Map<String, Coder> coders = new TreeMap<>();

  ReachableCoders(ComponentsOrBuilder protos) {
    this.protos = protos;
  }

  /** Adds what a transform refers to. */
  void addCodersOf(FunctionSpec transform) throws InvalidProtocolBufferException {
    String urn = transform.getUrn();
    if (SdkTransform.PAR_DOS.contains(urn)) {
      addCodersOf(ParDoPayload.parseFrom(transform.getPayload()));
    } else if (COMBINES.contains(urn)) {
      add(CombinePayload.parseFrom(transform.getPayload()).getAccumulatorCoderId());
    } else if (!PLAIN.contains(urn)) {
      coders.putAll(protos.getCodersMap());
    }
  }

  private void addCodersOf(ParDoPayload parDo) {
    add(parDo.getRestrictionCoderId());
    parDo.getTimerFamilySpecsMap().values().forEach(spec -> add(spec.getTimerFamilyCoderId()));
    parDo.getStateSpecsMap().values().forEach(this::addCodersOf);
  }

  private void addCodersOf(StateSpec state) {
    switch (state.getSpecCase()) {
      case READ_MODIFY_WRITE_SPEC -> add(state.getReadModifyWriteSpec().getCoderId());
      case BAG_SPEC -> add(state.getBagSpec().getElementCoderId());
      case COMBINING_SPEC -> add(state.getCombiningSpec().getAccumulatorCoderId());
      case MAP_SPEC -> {
        add(state.getMapSpec().getKeyCoderId());
        add(state.getMapSpec().getValueCoderId());
      }
      case MULTIMAP_SPEC -> {
        add(state.getMultimapSpec().getKeyCoderId());
        add(state.getMultimapSpec().getValueCoderId());
      }
      case SET_SPEC -> add(state.getSetSpec().getElementCoderId());
      case ORDERED_LIST_SPEC -> add(state.getOrderedListSpec().getElementCoderId());
      case SPEC_NOT_SET -> coders.putAll(protos.getCodersMap());
    }
  }

  /** Adds a coder and all that it consists of; nothing for an empty id. */
  void add(String id) {
    Deque<String> open = new ArrayDeque<>();
    open.add(id);
    for (String next = open.poll(); next != null; next = open.poll()) {
      if (!next.isEmpty() && !coders.containsKey(next)) {
        Coder coder = protos.getCodersOrThrow(next);
        coders.put(next, coder);
        open.addAll(coder.getComponentCoderIdsList());
      }
    }
  }

  Map<String, Coder> coders() {
    return coders;
  }
}
