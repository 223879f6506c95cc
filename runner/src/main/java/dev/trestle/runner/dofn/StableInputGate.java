package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Slice;
import dev.trestle.translation.graph.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The gate within a stage. */
final class StableInputGate extends StableGate<Operator> {

  /**
   * A gate.
   *
   * @param gated owned by the gate from here on
   * @param input its elements
   */
  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  StableInputGate(Operator gated, Collection input) {
    super(
        gated,
        new EdgeFormat(null, (Coder<Object>) input.coder(), false, true),
        input.windowCoder());
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    queue().arriving().add(value, timestamp, windows, pane, metadata);
  }

  @Override
  public boolean release(Slice slice) {
    if (!behind().release(slice)) {
      return false;
    }
    while (!slice.isUsedUp()) {
      Batch batch = queue().poll();
      if (batch == null) {
        return true;
      }
      for (int i = 0; i < batch.size(); i++) {
        gated.accept(
            batch.element(i),
            batch.timestamp(i),
            batch.windows(i),
            batch.pane(i),
            batch.metadata(i));
        slice.spend();
      }
    }
    return false;
  }
}
