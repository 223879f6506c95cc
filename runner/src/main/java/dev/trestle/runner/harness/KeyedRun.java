package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.keyed.CleanupTimers;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.keyed.WindowScope;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import java.io.IOException;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** What a {@link KeyedHarnessOperator} has from open to close. Belongs to the task's owner. */
final class KeyedRun implements Returns {

  private static final MetricName DROPPED =
      MetricName.named(
          StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER);

  private final HarnessStep step;
  private final EdgeFormat input;
  private final OperatorContext context;
  private final KeyedContext keyed;
  private final WireKeys keys;
  private final TimerFamilies families;
  private final WindowScope.Cache scopes;
  private final StateWindows windows;
  private final CleanupTimers cleanup;
  private final Counter dropped;
  private final ElementWire wire;
  private final Bundles bundles;

  /** Null where elements come as they come. */
  private final @Nullable Sorting sorting;

  private final ByteKey probe = new ByteKey();

  /** The timers that are out; null where none are. */
  private @Nullable FiringRound round;

  private KeyedRun(
      HarnessStep step, EdgeFormat input, OperatorContext context, Connection connection)
      throws IOException {
    this.step = step;
    this.input = input;
    this.context = context;
    keyed =
        KeyedContext.create(
            context, input.keyCoder(), input.keyByObject(), step.input().windowCoder());
    keyed.restore(context.restored());
    keys = new WireKeys(input, keyed);
    families = new TimerFamilies(step, keyed, keys, context.clock());
    scopes =
        new WindowScope.Cache(
            step.input().windowCoder(), step.input().windowing().getAllowedLateness());
    boolean sorted = step.spec().requiresTimeSortedInput();
    cleanup = new CleanupTimers(keyed.timers(), sorted || !families.expirations().isEmpty());
    dropped = context.metrics().getCounter(DROPPED);
    wire = new ElementWire(step.input());
    StateAnswers sideInputs =
        new SideInputAnswers(step.transform(), step.spec(), context.sideInputs());
    windows = new StateWindows(step.input().windowCoder());
    StateAnswers answers =
        new UserStateAnswers(step, keyed, keys, windows, sideInputs, context.taskIndex());
    bundles = new Bundles(step, context, connection, 1, answers, this);
    sorting = sorted ? new Sorting(step, keyed, bundles, wire) : null;
    context.addAsyncWork(bundles);
  }

  static KeyedRun open(HarnessStep step, EdgeFormat input, OperatorContext context)
      throws IOException, InterruptedException {
    return new KeyedRun(step, input, context, step.connect(context));
  }

  Bundles bundles() {
    return bundles;
  }

  void accept(Batch batch) {
    if (keyed.readsAhead()) {
      announce(batch);
    }
    for (int i = 0; i < batch.size(); i++) {
      keyed.setKey(batch.tableKey(i, probe), batch.keyHash(i));
      if (batch.windows(i) instanceof BoundedWindow window) {
        accept(batch, i, window);
        continue;
      }
      for (BoundedWindow window : Windows.all(batch.windows(i))) {
        accept(batch, i, window);
      }
    }
  }

  /** The worker will soon ask for it. */
  private void announce(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      Object tableKey = batch.tableKey(i, probe);
      for (BoundedWindow window : Windows.all(batch.windows(i))) {
        keyed.announce(tableKey, batch.keyHash(i), window);
      }
    }
    keyed.fetchAnnounced();
  }

  private void accept(Batch batch, int index, BoundedWindow window) {
    WindowScope scope = scopes.of(window);
    if (scope.expiry().isBefore(keyed.timers().currentInputWatermarkTime())
        || (sorting != null && sorting.buffer().isTooLate(batch.timestamp(index)))) {
      dropped.inc();
      return;
    }
    Object tableKey = batch.tableKey(index, probe);
    cleanup.ensure(tableKey, batch.keyHash(index), scope);
    windows.sent(window);
    if (sorting == null) {
      send(batch, index, window);
      return;
    }
    sorting
        .buffer()
        .add(
            Windows.envelope(
                KV.of(keyed.key(), batch.value(index)),
                batch.timestamp(index),
                window,
                batch.pane(index),
                batch.metadata(index)),
            scope);
  }

  private void send(Batch batch, int index, BoundedWindow window) {
    ByteSink to = bundles.gathering();
    try {
      wire.writeHeader(batch.timestampMillis(index), window, batch.pane(index), to);
      writeKey(batch, index, to);
      writeValue(batch, index, to);
    } catch (IOException e) {
      throw new HarnessException(step.transform(), e);
    }
    bundles.added();
  }

  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  private void writeKey(Batch batch, int index, ByteSink to) throws IOException {
    if (batch.tableKey(index, probe) instanceof ByteKey key) {
      to.write(key.bytes(), key.start(), key.length());
    } else if (input.keyCoder() != null) {
      input.keyCoder().encode(batch.key(index), to);
    }
  }

  @SuppressWarnings("NullAway") // as above
  private void writeValue(Batch batch, int index, ByteSink to) throws IOException {
    if (input.valueByObject()) {
      input.valueCoder().encode(batch.value(index), to);
    } else {
      int start = batch.valueStart(index);
      to.write(batch.valueBytes(), start, batch.valueEnd(index) - start);
    }
  }

  boolean advanceWatermark(long watermark, Slice slice) {
    if (bundles.isOut()) {
      bundles.flush(); // what came before the watermark first
      return false;
    }
    long due = KeyedContext.due(context, watermark);
    FiringRound next = newRound(slice);
    boolean all =
        (keyed.nextProcessingTime() > due || keyed.fireProcessingTimers(due, slice, next))
            && next.isEmpty()
            && keyed.fireEventTimers(watermark, slice, next);
    return !isSent(next) && all;
  }

  Progress advance(Slice slice) {
    long now = context.clock().millis();
    if (keyed.nextProcessingTime() > now) {
      return Progress.NONE;
    }
    if (bundles.isOut()) {
      bundles.flush();
      return Progress.NONE;
    }
    FiringRound next = newRound(slice);
    keyed.fireProcessingTimers(now, slice, next);
    isSent(next);
    return Progress.MADE;
  }

  private FiringRound newRound(Slice slice) {
    return new FiringRound(
        step.transform(), keyed, keys, families, scopes, windows, sorting, slice);
  }

  /** Has the timers of a round fire, if there are any. */
  private boolean isSent(FiringRound next) {
    if (next.isEmpty()) {
      return false;
    }
    round = next;
    next.sendTo(bundles.opened(context.outputWatermark()));
    bundles.flush();
    return true;
  }

  long nextWakeup() {
    return keyed.nextProcessingTime();
  }

  @Override
  public void timers(Arrival.Timers timers) {
    families.takeUp(timers);
  }

  @Override
  public void split(Arrival.Split split) {
    throw new HarnessException(
        step.transform(), "its worker has split a bundle without being asked");
  }

  @Override
  public void done(Arrival.Done done) {
    if (done.response().getResidualRootsCount() > 0) {
      throw new HarnessException(
          step.transform(), "its worker leaves work undone that cannot be put off");
    }
    FiringRound fired = round;
    if (fired != null) {
      round = null;
      fired.done();
    }
  }

  long hold() {
    return Math.min(keyed.hold(), bundles.hold());
  }

  void snapshot(SnapshotWriter out) throws IOException {
    keyed.snapshot(out);
  }

  void close() {
    try {
      bundles.abandon();
    } finally {
      keyed.close();
    }
  }
}
