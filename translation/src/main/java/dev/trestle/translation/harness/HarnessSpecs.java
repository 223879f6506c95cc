package dev.trestle.translation.harness;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.HarnessSpec.Inquiry;
import dev.trestle.translation.graph.HarnessSpec.SideInput;
import dev.trestle.translation.graph.HarnessSpec.TimerFamily;
import dev.trestle.translation.graph.HarnessSpec.Truncation;
import dev.trestle.translation.graph.HarnessSpec.UserState;
import dev.trestle.translation.wire.WireComponents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.StateSpec;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/** Describes stages to those who run them. */
public final class HarnessSpecs {

  /**
   * What the runner wants of a stage.
   *
   * @param collection an output of one of its transforms
   * @param coderId how its elements are to be written, on the wire
   */
  public record Output(String collection, String coderId) {}

  private final WireComponents components;
  private final InquirySpecs inquiries;

  public HarnessSpecs(WireComponents components) {
    this.components = components;
    inquiries = new InquirySpecs(components);
  }

  /**
   * Describes a stage.
   *
   * @param outputs what is read of it, in the order of its ports
   */
  public HarnessSpec describe(HarnessStage stage, List<Output> outputs) throws IOException {
    SdkTransform first = stage.first();
    Collection input = components.collection(stage.input());
    // timers and state of the first transform only: what has some begins a stage
    List<TimerFamily> timers = timers(first, input);
    StageDescriptor descriptor = new StageDescriptor(components);
    String source = descriptor.addSource(stage.input());
    stage.transforms().forEach(descriptor::add);
    stage.flattens().forEach(descriptor::add);
    List<String> sinks = new ArrayList<>();
    for (Output output : outputs) {
      sinks.add(
          descriptor.addSink(
              output.collection(), components.portCoderId(output.collection(), output.coderId())));
    }
    return new HarnessSpec(
        first.environment(),
        descriptor.finish(handed(stage)),
        source,
        sinks,
        sideInputs(first),
        userStates(first),
        timers,
        first.processesRestrictions() ? first.id() : null,
        first.processesRestrictions() ? truncation(stage) : null,
        first.parDo().getRequiresStableInput(),
        first.parDo().getRequiresTimeSortedInput());
  }

  /**
   * Describes what has elements of a collection written in another way.
   *
   * @param coderId how, on the wire
   * @param environment id of one that knows both
   */
  public HarnessSpec recoding(String collection, String coderId, String environment)
      throws IOException {
    StageDescriptor descriptor = new StageDescriptor(components);
    String source = descriptor.addSource(collection);
    String sink = descriptor.addSink(collection, components.portCoderId(collection, coderId));
    return new HarnessSpec(
        components.protos().getEnvironmentsOrThrow(environment).toBuilder()
            .clearResourceHints()
            .build(),
        descriptor.finish(Set.of(collection)),
        source,
        List.of(sink),
        List.of(),
        List.of(),
        List.of(),
        null,
        null,
        false,
        false);
  }

  /** The collections that the runner hands to a stage. */
  private static Set<String> handed(HarnessStage stage) {
    SdkTransform first = stage.first();
    Set<String> handed = new TreeSet<>(Set.of(stage.input()));
    first
        .parDo()
        .getSideInputsMap()
        .keySet()
        .forEach(name -> handed.add(first.proto().getInputsOrThrow(name)));
    return handed;
  }

  private List<SideInput> sideInputs(SdkTransform transform) throws IOException {
    List<SideInput> sideInputs = new ArrayList<>();
    for (var side : new TreeMap<>(transform.parDo().getSideInputsMap()).entrySet()) {
      String elements = transform.proto().getInputsOrThrow(side.getKey());
      sideInputs.add(
          new SideInput(
              side.getKey(),
              transform.id(),
              side.getKey(),
              side.getValue().getAccessPattern().getUrn(),
              components.collection(elements),
              inquiries.mapping(
                  side.getValue(),
                  transform.input(),
                  elements,
                  transform.proto().getEnvironmentId())));
    }
    return sideInputs;
  }

  /** Entries of a map that may have several values under a key are told from each other. */
  private List<UserState> userStates(SdkTransform transform) throws IOException {
    List<UserState> states = new ArrayList<>();
    for (var state : new TreeMap<>(transform.parDo().getStateSpecsMap()).entrySet()) {
      StateSpec spec = state.getValue();
      Inquiry values =
          spec.hasMultimapSpec()
              ? inquiries.values(
                  spec.getMultimapSpec().getValueCoderId(), transform.proto().getEnvironmentId())
              : null;
      states.add(new UserState(transform.id(), state.getKey(), spec, values));
    }
    return states;
  }

  private List<TimerFamily> timers(SdkTransform transform, Collection input) {
    String expiry = transform.parDo().getOnWindowExpirationTimerFamilySpec();
    List<TimerFamily> timers = new ArrayList<>();
    new TreeMap<>(transform.parDo().getTimerFamilySpecsMap())
        .forEach(
            (name, spec) -> {
              String coderId = components.timerCoderId(spec.getTimerFamilyCoderId());
              timers.add(
                  new TimerFamily(
                      transform.id(),
                      name,
                      spec,
                      components.timers(coderId, input),
                      name.equals(expiry)));
            });
    return timers;
  }

  /** What comes out of it is coded as what goes in. */
  private Truncation truncation(HarnessStage stage) throws IOException {
    SdkTransform process = stage.first();
    String truncated = stage.input() + "/truncated";
    PTransform.Builder truncate =
        process.proto().toBuilder().clearOutputs().putOutputs("out", truncated);
    truncate
        .getSpecBuilder()
        .setUrn(PTransformTranslation.SPLITTABLE_TRUNCATE_SIZED_RESTRICTION_URN);
    StageDescriptor descriptor = new StageDescriptor(components);
    String source = descriptor.addSource(stage.input());
    descriptor.add(process.id(), truncate.build());
    descriptor.addLike(stage.input(), truncated);
    String sink =
        descriptor.addSink(
            truncated, components.portCoderId(stage.input(), components.coderId(stage.input())));
    return new Truncation(descriptor.finish(handed(stage)), source, sink);
  }
}
