package dev.trestle.state.timer;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryGrant;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Timers in order of time. A timer is identified by key, namespace and id, and setting it again
 * replaces it.
 *
 * <p>They are in memory as long as there is room; those that come last are moved to rows when there
 * is none. For each key group that has rows there is a <em>front</em>, the time at which they
 * begin: of its timers, those in memory come no later than those in rows, and what is set at the
 * front or behind it goes there at once. When the least of all fronts is due, the first rows of its
 * key group come back. Any number of timers may have the same time, as the order among them does
 * not matter: a front may lie within them. In memory, timers of equal time come in the order in
 * which they were set.
 *
 * <p>Cost: a timer that stays in memory costs what it would cost without rows. One that goes out
 * and comes back is written and deleted three times (see {@link TimerRows}) and read with up to a
 * thousand of its key group; to set or delete a timer that is not in memory, the key's own row is
 * read, which its state needs too. Not thread safe. Keys that are passed are the ones that are
 * current in the keyed state.
 *
 * @param <T> what a timer carries
 */
public final class TimerQueue<T> implements AutoCloseable {

  /** So many timers go out at once at most; it must not take too long for a single call. */
  private static final int MOST_OUT = 4096;

  private static final int MANY_IN = 1024;
  private static final int FEW_IN = 32;

  /** A timer that was set. */
  public interface Timer<T> {

    /** The key that it was set for, safe to keep. */
    Object timerKey();

    int keyGroup();

    long time();

    T payload();
  }

  /** Is shown timers. */
  public interface Visitor<T> {
    void visit(Timer<T> timer) throws IOException;
  }

  private final MemoryGrant memory;
  private final TimerHeap<T> near;
  private final TimerRows<T> far;
  private final TimerFormat<T> format;
  private final HoldTracker holds;

  /**
   * No timers.
   *
   * @param memory for timers
   * @param far takes those that have no room, and is used by this alone
   * @param holds takes what timers in memory hold, beside other holds
   */
  public TimerQueue(KeyGroupRange range, MemoryGrant memory, TimerRows<T> far, HoldTracker holds) {
    this.memory = memory;
    this.far = far;
    this.holds = holds;
    near = new TimerHeap<>(range);
    format = far.format();
  }

  /**
   * Sets a timer.
   *
   * @param key copied if it is a {@code ByteKey} and has to be kept
   */
  public void set(Object key, int keyGroup, Object namespace, Object id, long time, T payload) {
    if (far.reach(keyGroup, time)) {
      T replaced = near.delete(key, keyGroup, namespace, id);
      if (replaced != null) {
        release(replaced);
      }
      far.put(namespace, id, time, payload);
      return;
    }
    T replaced = near.set(key, keyGroup, namespace, id, time, payload);
    if (replaced != null) {
      release(replaced);
    } else if (far.mayHave(keyGroup)) {
      far.delete(namespace, id);
    }
    hold(payload);
    while (!memory.covers(near.bytes())) {
      moveOut();
    }
  }

  private void hold(T payload) {
    long hold = format.hold(payload);
    if (hold != Long.MAX_VALUE) {
      holds.add(hold);
    }
  }

  private void release(T payload) {
    long hold = format.hold(payload);
    if (hold != Long.MAX_VALUE) {
      holds.remove(hold);
    }
  }

  private void moveOut() {
    List<TimerHeap.Timer<T>> last = near.pollLast(Math.min(MOST_OUT, (near.size() + 1) / 2));
    last.forEach(timer -> release(timer.payload()));
    far.putAll(last);
  }

  /** Deletes a timer, if it is set. */
  public void delete(Object key, int keyGroup, Object namespace, Object id) {
    T deleted = near.delete(key, keyGroup, namespace, id);
    if (deleted != null) {
      release(deleted);
      memory.shrinkTo(near.bytes());
    } else if (far.mayHave(keyGroup)) {
      far.delete(namespace, id);
    }
  }

  /** Deletes all timers of a key in a namespace. */
  public void deleteAll(Object key, int keyGroup, Object namespace) {
    near.deleteAll(key, keyGroup, namespace, this::release);
    memory.shrinkTo(near.bytes());
    if (far.mayHave(keyGroup)) {
      far.deleteAll(namespace);
    }
  }

  /** Whether no timer is set, as far as that is known: one that is not there may be expected. */
  public boolean isEmpty() {
    return near.size() == 0 && far.front() == Long.MAX_VALUE;
  }

  /** A time that no timer is before; {@code Long.MAX_VALUE} when there are none. */
  public long nextTime() {
    return Math.min(near.nextTime(), far.front());
  }

  /**
   * Removes and returns the next timer, if its time is at or before {@code due}. Another key may be
   * current after this.
   */
  public @Nullable Timer<T> poll(long due) {
    while (far.front() <= due && far.front() < near.nextTime()) {
      moveIn();
    }
    Timer<T> timer = near.poll(due);
    if (timer != null) {
      release(timer.payload());
      memory.shrinkTo(near.bytes());
    }
    return timer;
  }

  private void moveIn() {
    int keyGroup = far.firstKeyGroup();
    boolean hasRoom = memory.covers(near.bytes() + MANY_IN * TimerHeap.USUAL_BYTES);
    for (TimerRows.Taken<T> timer : far.takeFirst(hasRoom ? MANY_IN : FEW_IN)) {
      near.set(timer.key(), keyGroup, timer.namespace(), timer.id(), timer.time(), timer.payload());
      hold(timer.payload());
    }
  }

  /** The least hold of timers in rows; {@code Long.MAX_VALUE} if none holds. */
  public long holdOfRows() {
    return far.hold();
  }

  /** Shows the timers of a key group that are in memory, in no particular order. */
  public void forEachInMemory(int keyGroup, Visitor<T> visitor) throws IOException {
    for (Timer<T> timer : near.ofKeyGroup(keyGroup)) {
      visitor.visit(timer);
    }
  }

  /** A time that no row of a key group is before; {@code Long.MAX_VALUE} if there are no rows. */
  public long front(int keyGroup) {
    return far.front(keyGroup);
  }

  /** The same for rows of timers that hold the watermark, and the times at which they hold it. */
  public long holdFront(int keyGroup) {
    return far.holdFront(keyGroup);
  }

  /** Says, before any timer is set, what the key group has in rows: what was its fronts. */
  public void restoreRows(int keyGroup, long front, long holdFront) {
    far.restore(keyGroup, front, holdFront);
  }

  /** Gives the memory back. No timer is used any more. */
  @Override
  public void close() {
    memory.close();
  }
}
