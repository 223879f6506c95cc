package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.HarnessSpec;
import java.io.IOException;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Has restrictions truncated when the job is drained: what is left of them goes back to the
 * backlog. Belongs to the task's owner.
 */
final class Truncating implements Receiver {

  private final OperatorContext context;
  private final RestrictionBacklog backlog;
  private final ElementWire wire;
  private final ByteSink encoded = new ByteSink();
  private final String transform;
  private final Bundles bundles;

  Truncating(
      HarnessStep step,
      HarnessSpec.Truncation truncation,
      OperatorContext context,
      RestrictionBacklog backlog)
      throws InterruptedException {
    this.context = context;
    this.backlog = backlog;
    transform = step.transform();
    wire = new ElementWire(step.input());
    HarnessStep own = step.truncating(truncation, this);
    bundles =
        new Bundles(
            own,
            context,
            own.connect(context),
            own.mostBundles(),
            new SideInputAnswers(transform, own.spec(), context.sideInputs()),
            new NothingElse(transform));
    context.addAsyncWork(bundles);
  }

  /** Gives everything that is to be truncated to the worker. Returns whether there was any. */
  boolean give() {
    boolean any = false;
    for (RestrictionWork next = backlog.pollUntruncated();
        next != null;
        next = backlog.pollUntruncated()) {
      any = true;
      byte[] element = next.element().toByteArray();
      bundles.gathering().write(element, 0, element.length);
      bundles.added();
    }
    if (any) {
      bundles.flush();
    }
    return any;
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    encoded.reset();
    try {
      wire.write(value, timestamp, windows, pane, encoded);
    } catch (IOException e) {
      throw new HarnessException(transform, e);
    }
    ByteString element = ByteString.copyFrom(encoded.array(), 0, encoded.size());
    long hold = Math.max(context.outputWatermark(), timestamp.getMillis());
    backlog.add(new RestrictionWork(element, hold, wire.earliestEnd(element), true));
  }

  long hold() {
    return bundles.hold();
  }

  void abandon() {
    bundles.abandon();
  }
}
