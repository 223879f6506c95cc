package dev.trestle.runner.harness;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SnapshotWriter;
import java.io.IOException;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Has transforms run to which one element is like another. Several bundles are out at a time, so
 * that the worker has something to do while one ends.
 */
final class HarnessOperator implements Operator {

  private final HarnessStep step;
  private final ElementWire wire;
  private @Nullable Bundles bundles;

  HarnessOperator(HarnessStep step) {
    this.step = step;
    wire = new ElementWire(step.input());
  }

  @Override
  public void open(OperatorContext context) throws Exception {
    Connection connection = step.connect(context);
    NothingElse returns = new NothingElse(step.transform());
    SideInputAnswers answers =
        new SideInputAnswers(step.transform(), step.spec(), context.sideInputs());
    bundles = new Bundles(step, context, connection, step.mostBundles(), answers, returns);
    context.addAsyncWork(bundles);
  }

  @Override
  public void startBundle() {}

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    Bundles to = bundles();
    try {
      wire.write(value, timestamp, windows, pane, to.gathering());
    } catch (IOException e) {
      throw new HarnessException(step.transform(), e);
    }
    to.added();
  }

  @Override
  public void finishBundle() {
    bundles().endIfDue();
  }

  @Override
  public void flush() {
    bundles().flush();
  }

  @Override
  public long hold() {
    return bundles().hold();
  }

  /** Nothing is out when a barrier passes. */
  @Override
  public void snapshot(SnapshotWriter out) {}

  @Override
  public void close() {
    if (bundles != null) {
      bundles.abandon();
    }
  }

  private Bundles bundles() {
    if (bundles == null) {
      throw new IllegalStateException("Not open: " + step.transform());
    }
    return bundles;
  }
}
