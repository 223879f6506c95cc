package dev.trestle.runner.dofn;

import dev.trestle.translation.graph.DoFnSpec;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;

/** What a DoFn says of {@code @RequiresStableInput}. */
public final class StableInputs {

  private StableInputs() {}

  /** Whether its elements have to be stable. */
  public static boolean required(DoFnSpec spec) {
    return signature(spec).processElement().requiresStableInput();
  }

  /** Whether its timers have to fire, or its windows to expire, on stable state. */
  public static boolean requiredByTimers(DoFnSpec spec) {
    DoFnSignature signature = signature(spec);
    DoFnSignature.OnWindowExpirationMethod expiration = signature.onWindowExpiration();
    return signature.onTimerMethods().values().stream()
            .anyMatch(DoFnSignature.OnTimerMethod::requiresStableInput)
        || signature.onTimerFamilyMethods().values().stream()
            .anyMatch(DoFnSignature.OnTimerFamilyMethod::requiresStableInput)
        || (expiration != null && expiration.requiresStableInput());
  }

  private static DoFnSignature signature(DoFnSpec spec) {
    return DoFnSignatures.signatureForDoFn(spec.template());
  }
}
