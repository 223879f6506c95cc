package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.operator.Windows;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a splittable DoFn has to do: batches that came in and are decoded element by element,
 * residuals that may go on at once, and residuals that asked to be resumed later. First come, first
 * served, so that restrictions without end share the task.
 */
final class RestrictionQueue {

  /** A batch of which the elements from {@code next} on are to be done. */
  private static final class Arrived {
    final Batch batch;
    final long earliest;
    int next;

    Arrived(Batch batch) {
      this.batch = batch;
      earliest = earliest(batch, 0);
    }
  }

  /** A residual that waits until a processing time, in milliseconds. */
  private record Delayed(long until, Residual residual) {}

  private final boolean explode;
  private final ArrayDeque<Arrived> arrived = new ArrayDeque<>();
  private final ArrayDeque<Residual> ready = new ArrayDeque<>();
  private final PriorityQueue<Delayed> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Delayed::until));

  /** Whether the next turn is that of the residuals, while batches wait as well. */
  private boolean residualsTurn;

  /**
   * A queue.
   *
   * @param explode whether an element in several windows is to be done once for each
   */
  RestrictionQueue(boolean explode) {
    this.explode = explode;
  }

  void add(Batch batch) {
    if (batch.size() > 0) {
      arrived.add(new Arrived(batch));
    }
  }

  void add(Residual residual) {
    ready.add(residual);
  }

  void addDelayed(Residual residual, long until) {
    delayed.add(new Delayed(until, residual));
  }

  /** The next thing to do at a processing time; null where there is none. */
  @Nullable Residual poll(long now) {
    for (Delayed first = delayed.peek();
        first != null && first.until <= now;
        first = delayed.peek()) {
      ready.add(delayed.remove().residual);
    }
    residualsTurn = !residualsTurn;
    if (ready.isEmpty() || (!residualsTurn && !arrived.isEmpty())) {
      decodeNext();
    }
    return ready.poll();
  }

  /** Puts the next element that arrived in front. */
  private void decodeNext() {
    Arrived first = arrived.peek();
    if (first == null) {
      return;
    }
    Batch batch = first.batch;
    int index = first.next++;
    if (first.next == batch.size()) {
      arrived.remove();
    }
    Object windows = batch.windows(index);
    if (windows instanceof BoundedWindow || !explode) {
      ready.addFirst(decode(batch, index, windows));
      return;
    }
    for (BoundedWindow window : Windows.all(windows)) {
      ready.addFirst(decode(batch, index, window));
    }
  }

  private static Residual decode(Batch batch, int index, Object windows) {
    if (!(batch.element(index) instanceof KV<?, ?> sized)
        || !(sized.getKey() instanceof KV<?, ?> pair)
        || !(pair.getValue() instanceof KV<?, ?> restricted)) {
      throw new IllegalArgumentException("Not an element with a sized restriction");
    }
    Instant timestamp = batch.timestamp(index);
    return new Residual(
        pair.getKey(),
        restricted.getKey(),
        restricted.getValue(),
        timestamp,
        windows,
        batch.pane(index),
        batch.metadata(index),
        timestamp.getMillis());
  }

  /** When {@link #poll} will have something; as {@code InputOperator.nextWakeup} has it. */
  long nextWakeup() {
    if (!ready.isEmpty() || !arrived.isEmpty()) {
      return Long.MIN_VALUE;
    }
    Delayed first = delayed.peek();
    return first == null ? Long.MAX_VALUE : first.until;
  }

  /** The least time that anything here may output; {@code Long.MAX_VALUE} where nothing is. */
  long hold() {
    long least = Long.MAX_VALUE;
    for (Arrived item : arrived) {
      least = Math.min(least, item.next == 0 ? item.earliest : earliest(item.batch, item.next));
    }
    for (Residual residual : ready) {
      least = Math.min(least, residual.hold());
    }
    for (Delayed residual : delayed) {
      least = Math.min(least, residual.residual.hold());
    }
    return least;
  }

  private static long earliest(Batch batch, int from) {
    long least = Long.MAX_VALUE;
    for (int i = from; i < batch.size(); i++) {
      least = Math.min(least, batch.timestampMillis(i));
    }
    return least;
  }
}
