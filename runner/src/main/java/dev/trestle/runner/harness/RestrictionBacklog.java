package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.harness.ChunkStore.Chunk;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.timer.HoldTracker;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What a step that processes restrictions has to do and has not given to a worker: what came in,
 * and what workers have left over, some of it not before a certain time. First come, first served.
 * Elements wait on disk beyond the memory budget. Belongs to the task's owner.
 */
final class RestrictionBacklog implements AutoCloseable {

  private static final String RESTRICTIONS = "restrictions";

  /** Waits for no time. */
  private static final long AT_ONCE = Long.MIN_VALUE;

  private record Waiting(long until, Chunk chunk, long hold, long windowEnd, boolean truncated) {}

  private final ChunkStore store;
  private final HoldTracker holds = new HoldTracker();
  private final HoldTracker windowEnds = new HoldTracker();
  private final ArrayDeque<Waiting> ready = new ArrayDeque<>();

  /** What a drain has truncated, and waits for nothing but its turn. */
  private final ArrayDeque<Waiting> truncated = new ArrayDeque<>();

  private final PriorityQueue<Waiting> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::until));

  RestrictionBacklog(OperatorContext context) {
    store = new ChunkStore(context);
  }

  void add(RestrictionWork work) {
    (work.truncated() ? truncated : ready).add(waiting(work, AT_ONCE));
  }

  private Waiting waiting(RestrictionWork work, long until) {
    holds.add(work.hold());
    windowEnds.add(work.windowEnd());
    return new Waiting(
        until, store.add(work.element()), work.hold(), work.windowEnd(), work.truncated());
  }

  /** Adds what should not go on before a processing time, in milliseconds. */
  void addDelayed(RestrictionWork work, long until) {
    delayed.add(waiting(work, until));
  }

  /** Lets everything go on at once. */
  void resumeAll() {
    ready.addAll(delayed);
    delayed.clear();
  }

  /** The next thing to do at a processing time; null where there is none. */
  @Nullable RestrictionWork poll(long now) {
    for (Waiting first = delayed.peek();
        first != null && first.until <= now;
        first = delayed.peek()) {
      ready.add(delayed.remove());
    }
    RestrictionWork next = pollTruncated();
    return next == null ? taken(ready.poll()) : next;
  }

  /** The next thing to do of what has been truncated; null where there is none. */
  @Nullable RestrictionWork pollTruncated() {
    return taken(truncated.poll());
  }

  /** The next thing that a drain has to truncate; null where there is none. */
  @Nullable RestrictionWork pollUntruncated() {
    return taken(ready.poll());
  }

  private @Nullable RestrictionWork taken(@Nullable Waiting next) {
    if (next == null) {
      return null;
    }
    holds.remove(next.hold);
    windowEnds.remove(next.windowEnd);
    return new RestrictionWork(store.take(next.chunk), next.hold, next.windowEnd, next.truncated);
  }

  /** When {@link #poll} will have something; as {@code InputOperator.nextWakeup} has it. */
  long nextWakeup() {
    if (!ready.isEmpty() || !truncated.isEmpty()) {
      return Long.MIN_VALUE;
    }
    Waiting first = delayed.peek();
    return first == null ? Long.MAX_VALUE : first.until;
  }

  /** The least time that anything here may put out; {@code Long.MAX_VALUE} where nothing is. */
  long hold() {
    return holds.least();
  }

  /** The least end of a window of anything here; {@code Long.MAX_VALUE} where nothing is. */
  long earliestWindowEnd() {
    return windowEnds.least();
  }

  /**
   * Section {@code restrictions}: of each the processing time at which it goes on, its hold, the
   * least end of its windows, a byte that is 1 where it has been truncated, and the element as it
   * is on the wire.
   */
  void snapshot(SnapshotWriter out) throws IOException {
    SnapshotWriter.Section section = out.section(RESTRICTIONS);
    for (Waiting each : ready) {
      write(each, section.unkeyed());
    }
    for (Waiting each : truncated) {
      write(each, section.unkeyed());
    }
    for (Waiting each : delayed) {
      write(each, section.unkeyed());
    }
  }

  private void write(Waiting waiting, ByteSink record) {
    byte[] element = store.read(waiting.chunk).toByteArray();
    record.writeLong(waiting.until);
    record.writeLong(waiting.hold);
    record.writeLong(waiting.windowEnd);
    record.write(waiting.truncated ? 1 : 0);
    record.write(element, 0, element.length);
  }

  void restore(RestoredState from) throws IOException {
    from.read(
        RESTRICTIONS,
        (keyGroup, record) -> {
          DataInputStream in = new DataInputStream(record);
          long until = in.readLong();
          long hold = in.readLong();
          long windowEnd = in.readLong();
          boolean wasTruncated = in.readBoolean();
          RestrictionWork work =
              new RestrictionWork(ByteString.readFrom(in), hold, windowEnd, wasTruncated);
          if (until == AT_ONCE) {
            add(work);
          } else {
            addDelayed(work, until);
          }
        });
  }

  @Override
  public void close() {
    ready.clear();
    truncated.clear();
    delayed.clear();
    store.close();
  }
}
