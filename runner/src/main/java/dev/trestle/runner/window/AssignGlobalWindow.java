package dev.trestle.runner.window;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.StatelessOperator;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Puts every element into the global window. */
final class AssignGlobalWindow extends StatelessOperator {

  private final Receiver output;

  AssignGlobalWindow(Receiver output) {
    this.output = output;
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    output.accept(value, timestamp, GlobalWindow.INSTANCE, pane, metadata);
  }
}
