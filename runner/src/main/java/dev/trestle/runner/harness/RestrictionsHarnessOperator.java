package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.BatchOperator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.translation.graph.HarnessSpec;
import java.io.IOException;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Has restrictions of splittable DoFns processed. What comes in waits until a worker may have it,
 * and so does what the worker leaves over.
 */
final class RestrictionsHarnessOperator extends BatchOperator {

  /** For how long a bundle is out before the worker is asked to leave the rest. */
  private static final long SLICE_MILLIS = 500;

  private final HarnessStep step;
  private final EdgeFormat input;
  private final Places places;
  private final ElementWire wire;
  private final ByteSink encoded = new ByteSink();
  private @Nullable Running running;

  /** What there is from open to close. */
  private static final class Running {
    final OperatorContext context;
    final RestrictionBacklog backlog;
    final RestrictionBundles bundles;

    /** Null where nothing is truncated. */
    final @Nullable Truncating truncating;

    boolean draining;

    Running(
        OperatorContext context,
        RestrictionBacklog backlog,
        RestrictionBundles bundles,
        @Nullable Truncating truncating) {
      this.context = context;
      this.backlog = backlog;
      this.bundles = bundles;
      this.truncating = truncating;
    }

    /** Gives workers what they may have. Returns whether there was anything. */
    boolean give() {
      if (drains()) {
        draining = true;
        bundles.drain();
      }
      boolean truncates = draining && truncating != null && truncating.give();
      return bundles.give() || truncates;
    }

    /** Whether a drain has begun that is not known here yet. */
    boolean drains() {
      return context.isDraining() && !draining;
    }
  }

  /**
   * An operator.
   *
   * @param input the format of the batches that it reads
   * @param places of the stage's tasks
   */
  RestrictionsHarnessOperator(HarnessStep step, EdgeFormat input, Places places) {
    this.step = step;
    this.input = input;
    this.places = places;
    wire = new ElementWire(step.input());
  }

  @Override
  public void open(OperatorContext context) throws Exception {
    RestrictionBacklog backlog = new RestrictionBacklog(context);
    backlog.restore(context.restored());
    StateAnswers answers =
        new SideInputAnswers(step.transform(), step.spec(), context.sideInputs());
    RestrictionBundles bundles =
        new RestrictionBundles(
            step, context, step.connect(context), answers, backlog, places, sliceMillis(context));
    context.addAsyncWork(bundles);
    HarnessSpec.Truncation truncation = step.spec().truncation();
    Truncating truncating =
        truncation == null ? null : new Truncating(step, truncation, context, backlog);
    running = new Running(context, backlog, bundles, truncating);
  }

  /** What ends by itself need not be interrupted where no watermark is waited for. */
  private long sliceMillis(OperatorContext context) {
    boolean ends =
        step.outputs().stream().allMatch(output -> output.collection().bounded())
            && !context.takesCheckpoints();
    return ends ? Long.MAX_VALUE : SLICE_MILLIS;
  }

  @Override
  public void startBundle() {}

  @Override
  public void accept(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      encoded.reset();
      try {
        wire.writeHeader(batch.timestampMillis(i), batch.windows(i), batch.pane(i), encoded);
        writeValue(batch, i);
      } catch (IOException e) {
        throw new HarnessException(step.transform(), e);
      }
      ByteString element = ByteString.copyFrom(encoded.array(), 0, encoded.size());
      running()
          .backlog
          .add(
              new RestrictionWork(
                  element, batch.timestampMillis(i), wire.earliestEnd(element), false));
    }
    running().give();
  }

  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  private void writeValue(Batch batch, int index) throws IOException {
    if (input.valueByObject()) {
      input.valueCoder().encode(batch.value(index), encoded);
    } else {
      int start = batch.valueStart(index);
      encoded.write(batch.valueBytes(), start, batch.valueEnd(index) - start);
    }
  }

  @Override
  public boolean advanceWatermark(long watermark, Slice slice) {
    return true; // workers, not the input, move the watermark of a restriction
  }

  @Override
  public Progress advance(Slice slice) {
    return running().give() ? Progress.MADE : Progress.NONE;
  }

  @Override
  public long nextWakeup() {
    Running open = running();
    return open.drains() ? Long.MIN_VALUE : open.backlog.nextWakeup();
  }

  @Override
  public void finishBundle() {}

  @Override
  public long hold() {
    Running open = running();
    long hold = Math.min(open.backlog.hold(), open.bundles.hold());
    return open.truncating == null ? hold : Math.min(hold, open.truncating.hold());
  }

  /** The least end of the windows in which something is still to be done. */
  long earliestWindowEnd() {
    return Math.min(running().backlog.earliestWindowEnd(), running().bundles.earliestWindowEnd());
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    running().backlog.snapshot(out);
  }

  @Override
  public void close() {
    if (running != null) {
      running.bundles.abandon();
      if (running.truncating != null) {
        running.truncating.abandon();
      }
      running.backlog.close();
    }
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("Not open: " + step.transform());
    }
    return running;
  }
}
