package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.operator.BatchOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.graph.Step;
import java.io.IOException;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Calls a DoFn with state or timers, key by key. */
final class StatefulParDoOperator extends BatchOperator {

  private final Step.StatefulParDo step;
  private final Receiver[] outputs;
  private final EdgeFormat input;
  private final ByteKey probe = new ByteKey();
  private @Nullable KeyedCalls calls;

  /**
   * A stateful ParDo.
   *
   * @param input the format of the batches it reads
   * @param outputs in the order of the fn's output tags
   */
  StatefulParDoOperator(Step.StatefulParDo step, EdgeFormat input, Receiver[] outputs) {
    this.step = step;
    this.input = input;
    this.outputs = outputs.clone();
  }

  @Override
  public void open(OperatorContext context) throws IOException {
    KeyedContext keyed =
        KeyedContext.create(
            context, input.keyCoder(), input.keyByObject(), step.input().windowCoder());
    keyed.restore(context.restored());
    calls = new KeyedCalls(step, outputs, keyed, context);
  }

  @Override
  public void startBundle() {
    calls().startBundle();
  }

  @Override
  public void accept(Batch batch) {
    KeyedCalls open = calls();
    KeyedContext keyed = open.keyed;
    if (keyed.readsAhead()) {
      announce(batch, keyed);
    }
    for (int i = 0; i < batch.size(); i++) {
      Object tableKey = batch.tableKey(i, probe);
      int keyHash = batch.keyHash(i);
      keyed.setKey(tableKey, keyHash);
      KV<?, ?> element = KV.of(keyed.key(), batch.value(i));
      Instant timestamp = batch.timestamp(i);
      PaneInfo pane = batch.pane(i);
      Metadata metadata = batch.metadata(i);
      Object windows = batch.windows(i);
      if (windows instanceof BoundedWindow window) {
        open.accept(tableKey, keyHash, element, timestamp, window, pane, metadata);
        continue;
      }
      for (BoundedWindow window : Windows.all(windows)) {
        open.accept(tableKey, keyHash, element, timestamp, window, pane, metadata);
      }
    }
  }

  private void announce(Batch batch, KeyedContext keyed) {
    for (int i = 0; i < batch.size(); i++) {
      Object tableKey = batch.tableKey(i, probe);
      for (BoundedWindow window : Windows.all(batch.windows(i))) {
        keyed.announce(tableKey, batch.keyHash(i), window);
      }
    }
    keyed.fetchAnnounced();
  }

  @Override
  public boolean advanceWatermark(long watermark, Slice slice) {
    KeyedCalls open = calls();
    long due = KeyedContext.due(open.context, watermark);
    if (open.keyed.nextProcessingTime() <= due
        && !open.keyed.fireProcessingTimers(due, slice, open)) {
      return false;
    }
    return open.keyed.fireEventTimers(watermark, slice, open);
  }

  @Override
  public Progress advance(Slice slice) {
    KeyedCalls open = calls();
    long now = open.context.clock().millis();
    if (open.keyed.nextProcessingTime() > now) {
      return Progress.NONE;
    }
    open.keyed.fireProcessingTimers(now, slice, open);
    return Progress.MADE;
  }

  @Override
  public long nextWakeup() {
    return calls().keyed.nextProcessingTime();
  }

  @Override
  public void finishBundle() {
    calls().finishBundle();
  }

  @Override
  public long hold() {
    return calls().keyed.hold();
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    calls().keyed.snapshot(out);
  }

  @Override
  public void close() {
    if (calls != null) {
      calls.close();
    }
  }

  private KeyedCalls calls() {
    if (calls == null) {
      throw new IllegalStateException("Not open: " + step.transform().fullName());
    }
    return calls;
  }
}
