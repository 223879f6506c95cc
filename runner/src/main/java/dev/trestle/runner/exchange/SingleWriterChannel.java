package dev.trestle.runner.exchange;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded queue from one task to another. Putting always succeeds; the writing task looks at
 * {@link #isAboveMark} before its next turn, and the scheduler leaves it out until there is room.
 *
 * <p>Thread rule: one thread at a time puts, one thread at a time polls; those two may differ. A
 * linked queue with a release store per item and no other fence.
 */
public final class SingleWriterChannel {

  private static final VarHandle NEXT;

  static {
    try {
      NEXT = MethodHandles.lookup().findVarHandle(Link.class, "next", Link.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Bytes in flight above which the writer should pause. */
  static final long MARK_BYTES = 1 << 20;

  /** Elements in flight above which the writer should pause. */
  static final long MARK_ELEMENTS = 8L * Batch.CAPACITY;

  /** Bytes an element is charged at least, so that one counter serves both marks. */
  private static final long ELEMENT_CHARGE = MARK_BYTES / MARK_ELEMENTS;

  private static final class Link {
    final @Nullable StreamItem item;

    @SuppressWarnings("unused") // through NEXT
    @Nullable Link next;

    Link(@Nullable StreamItem item) {
      this.item = item;
    }
  }

  private final Wakeable writer;
  private final Wakeable reader;
  private final AtomicLong charge = new AtomicLong();

  /** The writer's end. */
  private Link tail = new Link(null);

  /** The reader's end: the last link read. */
  private Link head = tail;

  private volatile boolean readerGone;

  /**
   * A channel between two tasks.
   *
   * @param writer woken when there is room again
   * @param reader woken when there is an item
   */
  public SingleWriterChannel(Wakeable writer, Wakeable reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /** Puts an item and wakes the reader. */
  public void put(StreamItem item) {
    if (readerGone) {
      return;
    }
    charge.addAndGet(chargeOf(item));
    Link link = new Link(item);
    NEXT.setRelease(tail, link);
    tail = link;
    reader.wake();
  }

  /** Takes the next item, or null where there is none. */
  public @Nullable StreamItem poll() {
    Link next = (Link) NEXT.getAcquire(head);
    if (next == null) {
      return null;
    }
    head = next;
    StreamItem item = next.item;
    if (item == null) {
      throw new IllegalStateException("A link behind the first one has no item");
    }
    long cost = chargeOf(item);
    long before = charge.getAndAdd(-cost);
    if (before > MARK_BYTES && before - cost <= MARK_BYTES) {
      writer.wake();
    }
    return item;
  }

  /** Whether {@link #poll} would find nothing. Reader's side. */
  public boolean isEmpty() {
    return NEXT.getAcquire(head) == null;
  }

  /** Whether the writer should pause. */
  public boolean isAboveMark() {
    return charge.get() > MARK_BYTES;
  }

  /** Whether so much has been put in one go that the writer's thread should help the reader. */
  public boolean isFarAboveMark() {
    return charge.get() > 4 * MARK_BYTES;
  }

  /** Bytes in flight, roughly. */
  public long charge() {
    return charge.get();
  }

  /** The reading task. */
  public Wakeable reader() {
    return reader;
  }

  /** Says that nobody will poll again: whatever is put from now on is dropped. */
  public void abandon() {
    readerGone = true;
    charge.set(0);
    writer.wake();
  }

  private static long chargeOf(StreamItem item) {
    return item instanceof StreamItem.Elements elements
        ? Math.max(elements.bytes(), elements.size() * ELEMENT_CHARGE)
        : 0;
  }
}
