package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.harness.SdkTransform;
import dev.trestle.translation.steps.StepGraphBuilder.SideInput;
import dev.trestle.translation.validate.Problems;
import dev.trestle.translation.wire.OpaqueWindowFn;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimeDomain;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Materializations;

/** What is refused of the first transform of a stage that an SDK harness runs. */
final class SdkChecks {
  private static final Set<String> MATERIALIZATIONS =
      Set.of(
          Materializations.ITERABLE_MATERIALIZATION_URN,
          Materializations.MULTIMAP_MATERIALIZATION_URN);

  private final SdkTransform transform;
  private final Problems problems;
  private boolean passed = true;

  SdkChecks(SdkTransform transform, Problems problems) {
    this.transform = transform;
    this.problems = problems;
  }

  /** Whether nothing has been refused. */
  boolean pass(Collection input, List<SideInput> sideInputs) {
    if (transform.isKeyed()) {
      checkKeyed(input);
    }
    sideInputs.forEach(this::checkSideInput);
    transform
        .parDo()
        .getTimerFamilySpecsMap()
        .forEach((name, timers) -> checkTimers(name, timers.getTimeDomain()));
    return passed;
  }

  private void checkKeyed(Collection input) {
    if (input.windowing().needsMerge()) {
      refuse(
          "a DoFn with state, timers or sorted input reads windows that merge, "
              + input.windowing().getWindowFn(),
          "group by key first, or choose windows that do not merge");
    }
    if (!(input.coder() instanceof KvCoder)) {
      refuse(
          "needs keys, but its input is coded by " + input.coder(),
          "give its input the type of a pair, so that it is coded as one");
    }
  }

  private void checkSideInput(SideInput side) {
    if (!MATERIALIZATIONS.contains(side.materialization())) {
      refuse(
          "side input " + side.tag() + " is accessed as " + side.materialization(),
          "use an iterable or multimap view");
    }
    if (side.collection().windowing().getWindowFn() instanceof OpaqueWindowFn windowFn) {
      if (side.collection().windowing().needsMerge()) {
        refuse(
            "side input " + side.tag() + " is in windows that merge, " + windowFn,
            "group it by key first, or choose windows that do not merge");
      } else if (transform
          .parDo()
          .getSideInputsOrThrow(side.tag())
          .getWindowMappingFn()
          .getUrn()
          .isEmpty()) {
        refuse(
            "side input "
                + side.tag()
                + " is in windows that only the SDK can find, "
                + windowFn
                + ", and it does not say how",
            "put it into fixed or sliding windows, or the global one");
      }
    }
  }

  private void checkTimers(String family, TimeDomain.Enum domain) {
    if (domain != TimeDomain.Enum.EVENT_TIME && domain != TimeDomain.Enum.PROCESSING_TIME) {
      refuse(
          "timer family " + family + " is in time domain " + domain,
          "use event time or processing time");
    }
  }

  private void refuse(String feature, String remedy) {
    passed = false;
    problems.add(transform.name().fullName(), feature, remedy);
  }
}
