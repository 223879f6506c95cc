package dev.trestle.translation.harness;

import dev.trestle.translation.graph.TransformName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * A transform that an SDK harness runs.
 *
 * @param environment where; resource hints make no difference, and are left out
 * @param parDo what it says of itself; empty if it is no ParDo and no part of one
 * @param input id of the collection whose elements it processes
 */
public record SdkTransform(
    TransformName name,
    PTransform proto,
    Environment environment,
    ParDoPayload parDo,
    String input) {
  private static final String PROCESS_RESTRICTIONS =
      PTransformTranslation.SPLITTABLE_PROCESS_SIZED_ELEMENTS_AND_RESTRICTIONS_URN;

  /** What has a {@link ParDoPayload}. */
  static final Set<String> PAR_DOS =
      Set.of(
          PTransformTranslation.PAR_DO_TRANSFORM_URN,
          PTransformTranslation.SPLITTABLE_PAIR_WITH_RESTRICTION_URN,
          PTransformTranslation.SPLITTABLE_SPLIT_AND_SIZE_RESTRICTIONS_URN,
          PTransformTranslation.SPLITTABLE_TRUNCATE_SIZED_RESTRICTION_URN,
          PROCESS_RESTRICTIONS);

  /**
   * Reads a transform.
   *
   * @throws InvalidProtocolBufferException if its payload cannot be read
   * @throws IllegalArgumentException if it does not have exactly one main input
   */
  public static SdkTransform read(TransformName name, PTransform proto, Environment environment)
      throws InvalidProtocolBufferException {
    ParDoPayload parDo =
        PAR_DOS.contains(proto.getSpec().getUrn())
            ? ParDoPayload.parseFrom(proto.getSpec().getPayload())
            : ParDoPayload.getDefaultInstance();
    List<String> inputs = new ArrayList<>();
    for (Map.Entry<String, String> input : new TreeMap<>(proto.getInputsMap()).entrySet()) {
      if (!parDo.containsSideInputs(input.getKey())) {
        inputs.add(input.getValue());
      }
    }
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          "one main input expected of " + proto.getSpec().getUrn() + ", found " + inputs.size());
    }
    Environment where = environment.toBuilder().clearResourceHints().build();
    return new SdkTransform(name, proto, where, parDo, inputs.get(0));
  }

  String id() {
    return name.id();
  }

  /** Whether its input has to come key by key. */
  public boolean isKeyed() {
    return parDo.getStateSpecsCount() > 0
        || parDo.getTimerFamilySpecsCount() > 0
        || parDo.getRequiresTimeSortedInput();
  }

  /** Whether it is the part of a splittable DoFn that processes restrictions. */
  public boolean processesRestrictions() {
    return proto.getSpec().getUrn().equals(PROCESS_RESTRICTIONS);
  }

  /**
   * Whether the runner has to see each element before it does: to bring it to its key, or to hold
   * it back.
   */
  boolean beginsStage() {
    return isKeyed()
        || processesRestrictions()
        || parDo.getRequiresStableInput()
        || parDo.getSideInputsCount() > 0;
  }
}
