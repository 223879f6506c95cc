package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Hands each element to every one of several receivers. */
final class Fanout implements Receiver {

  /** Takes what nobody reads. */
  static final Receiver NOBODY = (value, timestamp, windows, pane, metadata) -> {};

  private final Receiver[] receivers;

  private Fanout(Receiver[] receivers) {
    this.receivers = receivers;
  }

  /** One receiver for all of them. */
  static Receiver to(List<Receiver> receivers) {
    return switch (receivers.size()) {
      case 0 -> NOBODY;
      case 1 -> receivers.get(0);
      default -> new Fanout(receivers.toArray(new Receiver[0]));
    };
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    for (Receiver receiver : receivers) {
      receiver.accept(value, timestamp, windows, pane, metadata);
    }
  }
}
