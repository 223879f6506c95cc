package dev.trestle.runner.engine;

import static java.util.Objects.requireNonNull;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.KeyGroupRange;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sums values by key, and checks what the engine promises to an operator. */
final class SummingSink implements InputOperator {

  private final Map<Object, Long> sums;
  private @Nullable OperatorContext context;
  private boolean inBundle;
  private long watermark = Long.MIN_VALUE;

  SummingSink(ConcurrentHashMap<Object, Long> sums) {
    this.sums = sums;
  }

  @Override
  public void open(OperatorContext operatorContext) {
    context = operatorContext;
  }

  @Override
  public void startBundle() {
    check(!inBundle, "a bundle within a bundle");
    inBundle = true;
  }

  @Override
  public void accept(Batch batch) {
    check(inBundle, "elements outside of a bundle");
    for (int i = 0; i < batch.size(); i++) {
      check(batch.timestampMillis(i) >= watermark, "an element behind the watermark");
      KeyGroupRange own = requireNonNull(context).keyGroups();
      check(own.contains(KeyGroupRange.keyGroup(batch.keyHash(i), own.total())), "a foreign key");
      Object key = requireNonNull(batch.key(i));
      sums.merge(key, (Long) requireNonNull(batch.value(i)), Long::sum);
    }
  }

  @Override
  public boolean advanceWatermark(long millis, Slice slice) {
    check(inBundle, "a watermark outside of a bundle");
    check(millis >= watermark, "the watermark moved back");
    watermark = millis;
    return true;
  }

  @Override
  public Progress advance(Slice slice) {
    return Progress.NONE;
  }

  @Override
  public long nextWakeup() {
    return Long.MAX_VALUE;
  }

  @Override
  public void finishBundle() {
    check(inBundle, "the end of no bundle");
    inBundle = false;
  }

  @Override
  public void flush() {
    check(!inBundle, "a flush within a bundle");
  }

  @Override
  public void snapshot(SnapshotWriter out) {}

  @Override
  public long hold() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {}

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    throw new AssertionError("A root behind an edge is given batches");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError("The engine broke its promise: " + otherwise);
    }
  }
}
