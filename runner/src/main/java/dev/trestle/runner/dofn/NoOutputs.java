package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.DoFnSpec;
import java.util.Arrays;

/** Outputs of a DoFn while a method of it runs that may not output. */
final class NoOutputs {

  private NoOutputs() {}

  /** One for each output tag. */
  static Receiver[] of(DoFnSpec spec) {
    Receiver[] refusing = new Receiver[spec.outputTags().size()];
    Arrays.fill(
        refusing,
        (Receiver)
            (value, timestamp, windows, pane, metadata) -> {
              throw new UnsupportedOperationException(
                  "Only @ProcessElement of a splittable DoFn may output");
            });
    return refusing;
  }
}
