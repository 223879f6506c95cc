package dev.trestle.state.timer;

import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.NodeTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Timers in memory, in order of time; those of equal time in the order in which they were set. A
 * timer is identified by key, namespace and id, and setting it again replaces it.
 *
 * <p>A binary heap for the order, and nested hash tables key group -> key -> namespace -> id for
 * the identity, so that a namespace can be dropped, and a key group written out, without a search.
 * Not thread safe.
 *
 * @param <T> what a timer carries
 */
final class TimerHeap<T> {

  /** Timer, payload, slot in the heap and a hold of the watermark, in bytes. */
  private static final long TIMER_BYTES = 192;

  /** What there is once for all timers of a key in a namespace. */
  private static final long NAMESPACE_BYTES = 80;

  /** What there is once for all timers of a key, the key itself not counted. */
  private static final long KEY_BYTES = 136;

  private static final int OTHER_KEY_BYTES = 48;

  /** What a timer takes that is the only one of its key, about. */
  static final long USUAL_BYTES = TIMER_BYTES + NAMESPACE_BYTES + KEY_BYTES + OTHER_KEY_BYTES;

  /** A timer that is set. */
  static final class Timer<T> extends NodeTable.Node implements TimerQueue.Timer<T> {

    private final InNamespace<T> home;
    private T payload;
    private long time;
    private long sequence;
    private int position;

    private Timer(Object id, InNamespace<T> home, T payload) {
      super(id);
      this.home = home;
      this.payload = payload;
    }

    @Override
    public Object timerKey() {
      return home.home.key();
    }

    @Override
    public int keyGroup() {
      return home.home.keyGroup;
    }

    Object namespace() {
      return home.key();
    }

    @Override
    public long time() {
      return time;
    }

    @Override
    public T payload() {
      return payload;
    }

    private boolean isBefore(Timer<T> other) {
      return time != other.time ? time < other.time : sequence < other.sequence;
    }
  }

  private static final class InNamespace<T> extends NodeTable.Node {
    final OfKey<T> home;
    final NodeTable<Timer<T>> timers = new NodeTable<>();

    InNamespace(Object namespace, OfKey<T> home) {
      super(namespace);
      this.home = home;
    }
  }

  private static final class OfKey<T> extends NodeTable.Node {
    final int keyGroup;
    final NodeTable<InNamespace<T>> namespaces = new NodeTable<>();

    OfKey(Object key, int keyGroup) {
      super(key);
      this.keyGroup = keyGroup;
    }

    long bytes() {
      return KEY_BYTES + (key() instanceof ByteKey bytes ? bytes.length() : OTHER_KEY_BYTES);
    }
  }

  private final KeyGroupRange range;
  private final NodeTable<OfKey<T>>[] groups;
  private Timer<T>[] heap = newHeap(16);
  private int size;
  private long bytes;
  private long sequence;

  TimerHeap(KeyGroupRange range) {
    this.range = range;
    groups = newGroups(range.size());
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic class
  private static <T> NodeTable<OfKey<T>>[] newGroups(int count) {
    NodeTable<OfKey<T>>[] groups = new NodeTable[count];
    for (int i = 0; i < count; i++) {
      groups[i] = new NodeTable<>();
    }
    return groups;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic class
  private static <T> Timer<T>[] newHeap(int length) {
    return new Timer[length];
  }

  /**
   * Sets a timer.
   *
   * @param key copied if it is a {@code ByteKey} and has to be kept
   * @return what the timer carried that this one replaces, or null
   */
  @Nullable T set(Object key, int keyGroup, Object namespace, Object id, long time, T payload) {
    InNamespace<T> home = home(key, keyGroup, namespace);
    Timer<T> known = home.timers.find(id);
    if (known == null) {
      Timer<T> timer = new Timer<>(id, home, payload);
      timer.time = time;
      timer.sequence = sequence++;
      home.timers.add(timer);
      bytes += TIMER_BYTES;
      push(timer);
      return null;
    }
    T replaced = known.payload;
    known.payload = payload;
    if (known.time != time) {
      known.time = time;
      known.sequence = sequence++;
      siftDown(known.position);
      siftUp(known.position);
    }
    return replaced;
  }

  private InNamespace<T> home(Object key, int keyGroup, Object namespace) {
    NodeTable<OfKey<T>> group = groups[keyGroup - range.first()];
    OfKey<T> ofKey = group.find(key);
    if (ofKey == null) {
      ofKey = new OfKey<>(key instanceof ByteKey bytes ? bytes.copy() : key, keyGroup);
      group.add(ofKey);
      bytes += ofKey.bytes();
    }
    InNamespace<T> home = ofKey.namespaces.find(namespace);
    if (home == null) {
      home = new InNamespace<>(namespace, ofKey);
      ofKey.namespaces.add(home);
      bytes += NAMESPACE_BYTES;
    }
    return home;
  }

  private @Nullable InNamespace<T> find(Object key, int keyGroup, Object namespace) {
    OfKey<T> ofKey = groups[keyGroup - range.first()].find(key);
    return ofKey == null ? null : ofKey.namespaces.find(namespace);
  }

  /** Deletes a timer and returns what it carried; null if it was not set. */
  @Nullable T delete(Object key, int keyGroup, Object namespace, Object id) {
    InNamespace<T> home = find(key, keyGroup, namespace);
    Timer<T> timer = home == null ? null : home.timers.find(id);
    if (timer == null) {
      return null;
    }
    unlink(timer);
    return timer.payload;
  }

  /** Deletes all timers of a key in a namespace, and hands over what they carried. */
  void deleteAll(Object key, int keyGroup, Object namespace, Consumer<? super T> deleted) {
    InNamespace<T> home = find(key, keyGroup, namespace);
    if (home != null) {
      home.timers.forEach(
          timer -> {
            removeFromHeap(timer.position);
            bytes -= TIMER_BYTES;
            deleted.accept(timer.payload);
          });
      unlink(home);
    }
  }

  /** When the next timer is due; {@code Long.MAX_VALUE} when there is none. */
  long nextTime() {
    return size == 0 ? Long.MAX_VALUE : heap[0].time;
  }

  /** Removes and returns the next timer, if its time is at or before {@code due}. */
  @Nullable Timer<T> poll(long due) {
    if (size == 0 || heap[0].time > due) {
      return null;
    }
    Timer<T> timer = heap[0];
    unlink(timer);
    return timer;
  }

  /** All timers of a key group, in no particular order. */
  List<Timer<T>> ofKeyGroup(int keyGroup) {
    List<Timer<T>> timers = new ArrayList<>();
    groups[keyGroup - range.first()].forEach(
        ofKey -> ofKey.namespaces.forEach(home -> home.timers.forEach(timers::add)));
    return timers;
  }

  /** How many timers are set. */
  int size() {
    return size;
  }

  /**
   * Removes and returns timers that none of those that stay is behind.
   *
   * @param count at least 1 and not more than there are
   */
  List<Timer<T>> pollLast(int count) {
    LongHeap latest = new LongHeap();
    for (int i = 0; i < size; i++) {
      if (latest.size() < count) {
        latest.add(heap[i].time);
      } else if (heap[i].time > latest.least()) {
        latest.removeLeast();
        latest.add(heap[i].time);
      }
    }
    long from = latest.least();
    List<Timer<T>> last = new ArrayList<>(count);
    List<Timer<T>> atFrom = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (heap[i].time >= from) {
        List<Timer<T>> target = heap[i].time > from ? last : atFrom;
        if (target.size() < count) {
          target.add(heap[i]);
        }
      }
    }
    last.addAll(atFrom.subList(0, count - last.size()));
    last.forEach(this::unlink);
    return last;
  }

  /** What it takes, in bytes; an estimate. */
  long bytes() {
    return bytes;
  }

  private void unlink(Timer<T> timer) {
    removeFromHeap(timer.position);
    bytes -= TIMER_BYTES;
    InNamespace<T> home = timer.home;
    home.timers.remove(timer);
    if (home.timers.isEmpty()) {
      unlink(home);
    }
  }

  private void unlink(InNamespace<T> home) {
    OfKey<T> ofKey = home.home;
    ofKey.namespaces.remove(home);
    bytes -= NAMESPACE_BYTES;
    if (ofKey.namespaces.isEmpty()) {
      bytes -= ofKey.bytes();
      groups[ofKey.keyGroup - range.first()].remove(ofKey);
    }
  }

  private void push(Timer<T> timer) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    place(timer, size++);
    siftUp(timer.position);
  }

  @SuppressWarnings("NullAway") // slots beyond the size are never read
  private void removeFromHeap(int position) {
    Timer<T> last = heap[--size];
    heap[size] = null;
    if (position < size) {
      place(last, position);
      siftDown(position);
      siftUp(last.position);
    }
  }

  private void siftUp(int from) {
    Timer<T> timer = heap[from];
    int at = from;
    while (at > 0 && timer.isBefore(heap[(at - 1) / 2])) {
      place(heap[(at - 1) / 2], at);
      at = (at - 1) / 2;
    }
    place(timer, at);
  }

  private void siftDown(int from) {
    Timer<T> timer = heap[from];
    int at = from;
    int child;
    while ((child = 2 * at + 1) < size) {
      if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (!heap[child].isBefore(timer)) {
        break;
      }
      place(heap[child], at);
      at = child;
    }
    place(timer, at);
  }

  private void place(Timer<T> timer, int position) {
    heap[position] = timer;
    timer.position = position;
  }
}
