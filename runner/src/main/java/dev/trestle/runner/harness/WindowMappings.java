package dev.trestle.runner.harness;

import dev.trestle.runner.sideinput.ReadView;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.HarnessSpec.Inquiry;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.wire.OpaqueWindowFn;
import org.joda.time.Duration;

/** How steps read side inputs into whose windows only an SDK can map others. */
public final class WindowMappings {

  private static final Duration FOR_EVER = Duration.millis(Long.MAX_VALUE);

  /** Not for instances. */
  private WindowMappings() {}

  /**
   * A side input as one task reads it.
   *
   * <p>Nothing says how far back an SDK maps windows. Those of the model are taken to be mapped no
   * further than all SDKs do by default, which is not at all; those of an SDK's own may be read at
   * any time.
   */
  public static ReadView bind(
      Step.Harness step, HarnessSpec.SideInput sideInput, SdkWorkers workers, int taskIndex) {
    Inquiry mapping = sideInput.mapping();
    if (mapping == null) {
      return ReadView.of(sideInput);
    }
    String transform = step.transform().fullName();
    boolean opaque = sideInput.elements().windowing().getWindowFn() instanceof OpaqueWindowFn;
    return new ReadView(
        sideInput.tag(),
        new MapCalls(
            new InquiryCalls(transform, mapping, workers, taskIndex),
            step.input().windowCoder(),
            sideInput.elements().windowCoder()),
        opaque ? FOR_EVER : Duration.ZERO,
        sideInput.elements().coder(),
        null);
  }
}
