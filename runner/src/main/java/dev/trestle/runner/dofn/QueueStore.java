package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.BatchEncoding;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.exchange.ElementSize;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpilledBlocks;
import dev.trestle.state.spill.SpilledBlocks.Block;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Queues of elements that wait in an operator: in memory as long as the budget allows, else on
 * disk.
 *
 * <p>A queue is a row of batches. Those begun last, up to {@value #FRESH_BYTES} bytes over all
 * queues, are fresh: nothing has been reserved for them. Then the budget is asked once for all of
 * them, and if it refuses they go to disk. So no call writes more than that, many small queues are
 * written together, and what came first, and mostly leaves first, stays in memory.
 */
final class QueueStore implements AutoCloseable {

  private static final int FRESH_BYTES = 1 << 20;

  /** What a batch is thought to take besides its elements. */
  private static final int BATCH_BYTES = 512;

  /** Slots of a queue's first batch; most queues of a fine windowing get no second one. */
  private static final int LEAST_SLOTS = 16;

  private final EdgeFormat format;
  private final MemoryBudget memory;
  private final BatchEncoding encoding;
  private final ElementSize size;
  private final SpilledBlocks disk;
  private final Set<Segment> fresh = new LinkedHashSet<>();
  private long freshBytes;
  private long reserved;

  /** A part of a queue: a batch in memory or a block on disk. */
  private static final class Segment {

    /** Null once it is on disk. */
    @Nullable Batch batch;

    @Nullable Block block;

    /** Whether it may grow; nothing has been reserved for it then. */
    boolean isFresh = true;

    /** What it takes in memory. */
    long bytes = BATCH_BYTES;

    /** Its least timestamp. */
    long earliest = Long.MAX_VALUE;

    Segment(Batch batch) {
      this.batch = batch;
    }
  }

  /**
   * A store without queues.
   *
   * @param format of all elements; those that {@link Queue#add} takes stay objects if it says so
   * @param windowCoder of their windows
   */
  QueueStore(EdgeFormat format, Coder<BoundedWindow> windowCoder, OperatorContext context) {
    this.format = format;
    memory = context.memory();
    encoding = new BatchEncoding(format, windowCoder);
    size = new ElementSize(format.valueCoder());
    disk = new SpilledBlocks(context.spill());
  }

  Queue newQueue() {
    return new Queue();
  }

  /** Forgets all elements; releases memory and disk. */
  @Override
  public void close() {
    fresh.clear();
    freshBytes = 0;
    memory.release(reserved);
    reserved = 0;
    disk.close();
  }

  private void charge(Segment segment, long bytes) {
    segment.bytes += bytes;
    freshBytes += bytes;
    if (freshBytes >= FRESH_BYTES) {
      settle();
    }
  }

  /** Decides where what is fresh stays. */
  private void settle() {
    if (memory.tryReserve(freshBytes)) {
      reserved += freshBytes;
    } else {
      spill();
    }
    for (Segment segment : fresh) {
      segment.isFresh = false;
    }
    fresh.clear();
    freshBytes = 0;
  }

  private void spill() {
    ByteSink sink = new ByteSink();
    for (Segment segment : fresh) {
      Batch batch = segment.batch;
      if (batch != null) {
        sink.reset();
        encoding.write(batch, sink);
        segment.block = disk.write(sink.array(), 0, sink.size());
        segment.batch = null;
      }
    }
  }

  /** Takes a segment's elements out of the store. */
  private Batch take(Segment segment) {
    Block block = segment.block;
    if (block != null) {
      byte[] bytes = disk.take(block);
      return encoding.read(new ByteSource(bytes, 0, bytes.length));
    }
    if (segment.isFresh) {
      segment.isFresh = false;
      fresh.remove(segment);
      freshBytes -= segment.bytes;
    } else {
      memory.release(segment.bytes);
      reserved -= segment.bytes;
    }
    Batch batch = segment.batch;
    if (batch == null) {
      throw new IllegalStateException("A segment is neither in memory nor on disk");
    }
    return batch;
  }

  /** Is shown elements that wait. */
  interface Visitor {

    /** Takes a look at a batch, which must stay as it is. */
    void visit(Batch batch) throws IOException;
  }

  /** How batches of the store's format are written. */
  BatchEncoding encoding() {
    return encoding;
  }

  /** Elements that leave in the order in which they came. */
  final class Queue {

    private final ArrayDeque<Segment> segments = new ArrayDeque<>(1);

    /**
     * Those segments behind which there is none that is earlier or as early: the first has the
     * least timestamp of all.
     */
    private final ArrayDeque<Segment> earliest = new ArrayDeque<>(1);

    /** Takes the next element as long as it is fresh and its batch not full. */
    private @Nullable Segment tail;

    private int slots = LEAST_SLOTS;

    private Queue() {}

    /** Adds an element, of a format without key. */
    void add(
        @Nullable Object value,
        Instant timestamp,
        Object windows,
        PaneInfo pane,
        @Nullable Metadata metadata) {
      Batch batch = batch();
      batch.add(value, timestamp, windows, pane, metadata);
      added(timestamp.getMillis(), size.of(value));
    }

    /**
     * Adds an element of a batch.
     *
     * @param windows those of its windows that are meant
     */
    void addFrom(Batch source, int index, Object windows) {
      Batch batch = batch();
      long before = batch.bytes();
      batch.addFrom(source, index, windows);
      added(source.timestampMillis(index), batch.bytes() - before);
    }

    /** The batch that takes the next element. */
    private Batch batch() {
      Segment last = tail;
      if (last != null && last.isFresh && last.batch != null) {
        Batch batch = last.batch;
        if (!batch.isFull()) {
          return batch;
        }
        slots = Math.min(4 * slots, Batch.CAPACITY);
      } else {
        slots = Math.max(slots / 4, LEAST_SLOTS);
      }
      Batch batch = new Batch(format, slots);
      tail = new Segment(batch);
      segments.add(tail);
      fresh.add(tail);
      freshBytes += tail.bytes;
      return batch;
    }

    private void added(long timestamp, long bytes) {
      Segment last = tail;
      if (last == null) {
        throw new IllegalStateException("Nothing was added");
      }
      if (timestamp < last.earliest) {
        last.earliest = timestamp;
        while (!earliest.isEmpty() && earliest.getLast().earliest >= timestamp) {
          earliest.removeLast();
        }
        earliest.add(last);
      }
      charge(last, bytes);
    }

    /**
     * Writes all elements, in order; they stay. A record is a batch; where there are keys, of one
     * element.
     */
    void snapshot(SnapshotWriter.Section section, KeyGroupRange range) throws IOException {
      visit(
          batch -> {
            if (format.keyCoder() == null) {
              encoding.write(batch, section.unkeyed());
              return;
            }
            for (int i = 0; i < batch.size(); i++) {
              Batch single = new Batch(format, 1);
              single.addFrom(batch, i, batch.windows(i));
              encoding.write(
                  single, section.keyed(KeyGroupRange.keyGroup(batch.keyHash(i), range.total())));
            }
          });
    }

    /** Shows all elements, in order; they stay. */
    void visit(Visitor visitor) throws IOException {
      for (Segment segment : segments) {
        Block block = segment.block;
        Batch batch = segment.batch;
        if (block != null) {
          byte[] bytes = disk.read(block);
          visitor.visit(encoding.read(new ByteSource(bytes, 0, bytes.length)));
        } else if (batch != null) {
          visitor.visit(batch);
        }
      }
    }

    /** Takes some of the elements that came first; null where there are none. */
    @Nullable Batch poll() {
      Segment first = segments.poll();
      if (first == null) {
        return null;
      }
      if (earliest.peek() == first) {
        earliest.remove();
      }
      if (first == tail) {
        tail = null;
      }
      return take(first);
    }

    boolean isEmpty() {
      return segments.isEmpty();
    }

    /** The least timestamp in milliseconds; {@code Long.MAX_VALUE} where there is none. */
    long earliest() {
      Segment first = earliest.peek();
      return first == null ? Long.MAX_VALUE : first.earliest;
    }
  }
}
