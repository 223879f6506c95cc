package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.Collection;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a splittable DoFn has to do: elements that came in, residuals that may go on at once, and
 * residuals that asked to be resumed later. First come, first served, so that restrictions without
 * end share the task.
 *
 * <p>The input may come much faster than it is processed, so the first two go to disk beyond the
 * memory budget. A residual waits there as the element it came from, {@code KV(KV(element,
 * KV(restriction, state)), size)}, together with the element's timestamp; its own timestamp is its
 * hold. Residuals that are to be resumed later stay in memory: they are those of restrictions that
 * poll, which are few.
 */
final class RestrictionQueue implements AutoCloseable {

  private static final String ARRIVED = "arrived";
  private static final String RESIDUALS = "residuals";
  private static final String DELAYED = "delayed";

  /** A queue that is read element by element. */
  private static final class Lane {
    final EdgeFormat format;
    final QueueStore store;
    final QueueStore.Queue queue;

    /** What is being read, from {@code next} on; null between two batches. */
    private @Nullable Batch front;

    private int next;

    Lane(EdgeFormat format, Coder<BoundedWindow> windowCoder, OperatorContext context) {
      this.format = format;
      store = new QueueStore(format, windowCoder, context);
      queue = store.newQueue();
    }

    /** Writes what waits, a batch to a record. */
    void snapshot(SnapshotWriter.Section section) throws IOException {
      Batch partly = front;
      if (partly != null) {
        Batch rest = new Batch(format, partly.size() - next);
        for (int i = next; i < partly.size(); i++) {
          rest.addFrom(partly, i, partly.windows(i));
        }
        store.encoding().write(rest, section.unkeyed());
      }
      queue.visit(batch -> store.encoding().write(batch, section.unkeyed()));
    }

    boolean isEmpty() {
      return front == null && queue.isEmpty();
    }

    /** Reads the next element; null where there is none. */
    @Nullable Residual poll(Decoder decoder) {
      Batch batch = front;
      if (batch == null) {
        batch = queue.poll();
        if (batch == null) {
          return null;
        }
        front = batch;
        next = 0;
      }
      int index = next++;
      if (next == batch.size()) {
        front = null;
      }
      return decoder.decode(batch, index);
    }

    long earliest() {
      long least = queue.earliest();
      Batch batch = front;
      if (batch != null) {
        for (int i = next; i < batch.size(); i++) {
          least = Math.min(least, batch.timestampMillis(i));
        }
      }
      return least;
    }
  }

  private interface Decoder {
    Residual decode(Batch batch, int index);
  }

  /** A residual that waits until a processing time, in milliseconds. */
  private record Delayed(long until, Residual residual) {}

  private final boolean explode;
  private final Lane arrived;
  private final Lane ready;

  /** What a drain has truncated, and waits for nothing but its turn. */
  private final Lane truncated;

  private final PriorityQueue<Delayed> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Delayed::until));

  /** Of everything that is here. */
  private final PendingWindows windows = new PendingWindows();

  /** An element that arrived, once for each of its windows; goes first. */
  private final ArrayDeque<Residual> exploded = new ArrayDeque<>();

  /** Whether the next turn is that of the residuals, while new elements wait as well. */
  private boolean residualsTurn;

  /**
   * A queue.
   *
   * @param input the elements that come in
   * @param format of the batches in which they do
   * @param explode whether an element in several windows is to be done once for each
   */
  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  RestrictionQueue(Collection input, EdgeFormat format, boolean explode, OperatorContext context) {
    this.explode = explode;
    arrived = new Lane(format, input.windowCoder(), context);
    Coder<?> residualCoder = KvCoder.of(input.coder(), InstantCoder.of());
    EdgeFormat residuals = new EdgeFormat(null, (Coder<Object>) residualCoder, false, true);
    ready = new Lane(residuals, input.windowCoder(), context);
    truncated = new Lane(residuals, input.windowCoder(), context);
  }

  void add(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      Object itsWindows = batch.windows(i);
      arrived.queue.addFrom(batch, i, itsWindows);
      windows.add(itsWindows);
    }
  }

  void add(Residual residual) {
    windows.add(residual.windows());
    enqueue(residual);
  }

  private void enqueue(Residual residual) {
    Lane lane = residual.truncated() ? truncated : ready;
    lane.queue.add(
        timed(residual),
        Instant.ofEpochMilli(residual.hold()),
        residual.windows(),
        residual.pane(),
        residual.metadata());
  }

  private static KV<?, ?> timed(Residual residual) {
    KV<?, ?> pair =
        KV.of(residual.element(), KV.of(residual.restriction(), residual.estimatorState()));
    return KV.of(KV.of(pair, 0.0), residual.timestamp());
  }

  void addDelayed(Residual residual, long until) {
    windows.add(residual.windows());
    delayed.add(new Delayed(until, residual));
  }

  /**
   * Sections {@code arrived}, {@code residuals} and {@code delayed}: batches; the last behind the
   * processing time, in milliseconds, at which its one residual goes on.
   */
  void snapshot(SnapshotWriter out) throws IOException {
    arrived.snapshot(out.section(ARRIVED));
    ready.snapshot(out.section(RESIDUALS));
    truncated.snapshot(out.section(RESIDUALS));
    SnapshotWriter.Section residuals = out.section(RESIDUALS);
    for (Residual residual : exploded) {
      ready.store.encoding().write(batchOf(residual), residuals.unkeyed());
    }
    SnapshotWriter.Section later = out.section(DELAYED);
    for (Delayed each : delayed) {
      ByteSink record = later.unkeyed();
      record.writeLong(each.until);
      ready.store.encoding().write(batchOf(each.residual), record);
    }
  }

  void restore(RestoredState from) throws IOException {
    from.read(ARRIVED, (keyGroup, record) -> add(arrived.store.encoding().read(record)));
    from.read(RESIDUALS, (keyGroup, record) -> forEach(record, this::add));
    from.read(
        DELAYED,
        (keyGroup, record) -> {
          long until = new DataInputStream(record).readLong();
          forEach(record, residual -> addDelayed(residual, until));
        });
  }

  private void forEach(ByteSource record, Consumer<Residual> action) {
    Batch batch = ready.store.encoding().read(record);
    for (int i = 0; i < batch.size(); i++) {
      action.accept(residual(batch, i));
    }
  }

  private Batch batchOf(Residual residual) {
    Batch batch = new Batch(ready.format, 1);
    batch.add(
        timed(residual),
        Instant.ofEpochMilli(residual.hold()),
        residual.windows(),
        residual.pane(),
        residual.metadata());
    return batch;
  }

  /** Lets what asked to be resumed later go on at once, to be truncated. */
  void resumeAll() {
    while (!delayed.isEmpty()) {
      enqueue(delayed.remove().residual);
    }
  }

  /** The next thing to do at a processing time; null where there is none. */
  @Nullable Residual poll(long now) {
    Residual next = next(now);
    if (next != null) {
      windows.remove(next.windows());
    }
    return next;
  }

  private @Nullable Residual next(long now) {
    for (Delayed first = delayed.peek();
        first != null && first.until <= now;
        first = delayed.peek()) {
      enqueue(delayed.remove().residual);
    }
    if (!exploded.isEmpty()) {
      return exploded.poll();
    }
    Residual last = truncated.poll(RestrictionQueue::truncated);
    if (last != null) {
      return last;
    }
    residualsTurn = !residualsTurn;
    boolean goesOn = !ready.isEmpty() && (residualsTurn || arrived.isEmpty());
    return goesOn ? ready.poll(RestrictionQueue::residual) : pollArrived();
  }

  private @Nullable Residual pollArrived() {
    Residual first = arrived.poll(RestrictionQueue::arrived);
    if (first == null || first.windows() instanceof BoundedWindow || !explode) {
      return first;
    }
    for (BoundedWindow window : Windows.all(first.windows())) {
      exploded.add(first.in(window));
    }
    return exploded.poll();
  }

  private static Residual arrived(Batch batch, int index) {
    Instant timestamp = batch.timestamp(index);
    return decode(batch.element(index), timestamp, batch, index);
  }

  private static Residual residual(Batch batch, int index) {
    if (!(batch.value(index) instanceof KV<?, ?> timed)
        || !(timed.getValue() instanceof Instant timestamp)) {
      throw new IllegalStateException("Not a residual with its timestamp");
    }
    return decode(timed.getKey(), timestamp, batch, index);
  }

  private static Residual truncated(Batch batch, int index) {
    Residual residual = residual(batch, index);
    return residual.truncatedTo(residual.restriction());
  }

  private static Residual decode(
      @Nullable Object element, Instant timestamp, Batch batch, int index) {
    if (!(element instanceof KV<?, ?> sized)
        || !(sized.getKey() instanceof KV<?, ?> pair)
        || !(pair.getValue() instanceof KV<?, ?> restricted)) {
      throw new IllegalArgumentException("Not an element with a sized restriction");
    }
    return new Residual(
        pair.getKey(),
        restricted.getKey(),
        restricted.getValue(),
        timestamp,
        batch.windows(index),
        batch.pane(index),
        batch.metadata(index),
        batch.timestampMillis(index));
  }

  /** When {@link #poll} will have something; as {@code InputOperator.nextWakeup} has it. */
  long nextWakeup() {
    if (!exploded.isEmpty() || !ready.isEmpty() || !arrived.isEmpty() || !truncated.isEmpty()) {
      return Long.MIN_VALUE;
    }
    Delayed first = delayed.peek();
    return first == null ? Long.MAX_VALUE : first.until;
  }

  /** The least time that anything here may output; {@code Long.MAX_VALUE} where nothing is. */
  long hold() {
    long least = Math.min(Math.min(arrived.earliest(), ready.earliest()), truncated.earliest());
    for (Residual residual : exploded) {
      least = Math.min(least, residual.hold());
    }
    for (Delayed residual : delayed) {
      least = Math.min(least, residual.residual.hold());
    }
    return least;
  }

  /** The least end of a window of anything here; {@code Long.MAX_VALUE} where nothing is. */
  long earliestWindowEnd() {
    return windows.earliestEnd();
  }

  @Override
  public void close() {
    arrived.store.close();
    ready.store.close();
    truncated.store.close();
  }
}
