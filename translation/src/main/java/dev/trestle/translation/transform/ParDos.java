package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.steps.Entry;
import dev.trestle.translation.steps.StepGraphBuilder;
import dev.trestle.translation.steps.StepGraphBuilder.SideInput;
import dev.trestle.translation.steps.Vertex.Port;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimeDomain;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimerFamilySpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.DoFnWithExecutionInformation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.TupleTag;

/** DoFns, whole and in parts. */
final class ParDos {

  /** Makes the step of a DoFn. */
  @FunctionalInterface
  private interface StepFactory {
    Step make(TransformName name, Collection input, DoFnSpec fn);
  }

  /** Not for instances. */
  private ParDos() {}

  static void parDo(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    Call call = Call.read(transform);
    if (call.stateful()) {
      if (call.input().windowing().needsMerge()) {
        transform.refuse(
            "a DoFn with state, timers or sorted input reads windows that merge, "
                + call.input().windowing().getWindowFn(),
            "group by key first, or choose windows that do not merge");
      } else if (transform.keyed(call.input())) {
        call.add(Entry.KEYED, Step.StatefulParDo::new, steps);
      }
    } else {
      call.add(Entry.FUSED, Step.ParDo::new, steps);
    }
  }

  static void pairWithRestriction(AppliedTransform transform, StepGraphBuilder steps)
      throws IOException {
    Call.read(transform).add(Entry.FUSED, Step.PairWithRestriction::new, steps);
  }

  static void splitAndSize(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    Call.read(transform).add(Entry.FUSED, Step.SplitAndSizeRestrictions::new, steps);
  }

  static void processSized(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    Call.read(transform).add(Entry.REBALANCE, Step.ProcessSizedElements::new, steps);
  }

  /** A DoFn and all that it reads and writes. */
  private record Call(
      AppliedTransform transform,
      DoFnWithExecutionInformation fn,
      Collection input,
      List<Port> ports,
      List<SideInput> sideInputs) {

    static Call read(AppliedTransform transform) throws IOException {
      ParDoPayload payload = ParDoPayload.parseFrom(transform.payload());
      checkTimers(transform, payload);
      DoFnWithExecutionInformation fn =
          ParDoTranslation.doFnWithExecutionInformationFromProto(payload.getDoFn());
      return new Call(
          transform,
          fn,
          transform.input(ParDoTranslation.getMainInputName(transform.proto())),
          readPorts(transform, fn.getMainOutputTag().getId()),
          readSideInputs(transform, payload));
    }

    boolean stateful() {
      DoFnSignature signature = DoFnSignatures.signatureForDoFn(fn.getDoFn());
      return signature.usesState()
          || signature.usesTimers()
          || signature.processElement().requiresTimeSortedInput()
          || signature.onWindowExpiration() != null;
    }

    void add(Entry entry, StepFactory factory, StepGraphBuilder steps) {
      Step step = factory.make(transform.name(), input, spec());
      steps.step(entry, step, input, ports, sideInputs);
    }

    private DoFnSpec spec() {
      List<TupleTag<?>> tags = new ArrayList<>();
      Map<TupleTag<?>, Coder<?>> coders = new HashMap<>();
      for (Port port : ports) {
        TupleTag<?> tag = new TupleTag<>(port.tag());
        tags.add(tag);
        coders.put(tag, port.collection().coder());
      }
      return new DoFnSpec(
          fn.getDoFn(), tags, coders, fn.getSideInputMapping(), fn.getSchemaInformation());
    }
  }

  /** The main output first, the others by name. */
  private static List<Port> readPorts(AppliedTransform transform, String mainTag)
      throws IOException {
    TreeSet<String> tags = new TreeSet<>(transform.proto().getOutputsMap().keySet());
    List<Port> ports = new ArrayList<>();
    if (tags.remove(mainTag)) {
      ports.add(transform.output(mainTag));
    }
    for (String tag : tags) {
      ports.add(transform.output(tag));
    }
    return ports;
  }

  private static List<SideInput> readSideInputs(AppliedTransform transform, ParDoPayload payload)
      throws IOException {
    List<SideInput> sideInputs = new ArrayList<>();
    for (Map.Entry<String, RunnerApi.SideInput> entry :
        new TreeMap<>(payload.getSideInputsMap()).entrySet()) {
      String access = entry.getValue().getAccessPattern().getUrn();
      if (access.equals(Materializations.ITERABLE_MATERIALIZATION_URN)
          || access.equals(Materializations.MULTIMAP_MATERIALIZATION_URN)) {
        sideInputs.add(new SideInput(entry.getKey(), transform.input(entry.getKey()), access));
      } else {
        transform.refuse(
            "side input " + entry.getKey() + " is accessed as " + access,
            "use an iterable or multimap view");
      }
    }
    return sideInputs;
  }

  private static void checkTimers(AppliedTransform transform, ParDoPayload payload) {
    for (Map.Entry<String, TimerFamilySpec> entry : payload.getTimerFamilySpecsMap().entrySet()) {
      TimeDomain.Enum domain = entry.getValue().getTimeDomain();
      if (domain != TimeDomain.Enum.EVENT_TIME && domain != TimeDomain.Enum.PROCESSING_TIME) {
        transform.refuse(
            "timer family " + entry.getKey() + " is in time domain " + domain,
            "use event time or processing time");
      }
    }
  }
}
