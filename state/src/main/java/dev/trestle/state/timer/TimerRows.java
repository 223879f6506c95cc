package dev.trestle.state.timer;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.KeyedMapTable;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.MapTableDescriptor;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.state.table.Serializer;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Timers in rows of a task's keyed state, for which there is no room in memory. There are three
 * rows for a timer:
 *
 * <ul>
 *   <li>one in order of time, to find what is due: time, key behind its length, namespace and id,
 *       and as value what the timer carries;
 *   <li>an entry in a map of its key and namespace, to find it when it is set again or deleted: its
 *       id, and as value its time and its hold. That a key has no timers here is known from its own
 *       row, which it has for its state anyway;
 *   <li>if it holds the watermark, one in the order of the holds, to find the least.
 * </ul>
 *
 * <p>Belongs to the task's owner. What is said of a key is said of the backend's current one.
 *
 * @param <T> what a timer carries
 */
public final class TimerRows<T> {

  private static final long NO_HOLD = Long.MAX_VALUE;
  private static final int READ_TOGETHER = 512;

  private final KeyedStateBackend backend;
  private final ObjIntConsumer<Object> makeCurrent;
  private final TimedRows timers;
  private final TimedRows holds;
  private final String table;
  private final TimerFormat<T> format;
  private final RowBytes identity = new RowBytes();
  private final RowBytes value = new RowBytes();
  private final RowBytes nothing = new RowBytes();

  /** Made when there is something to put in. */
  private @Nullable KeyedMapTable<Object, Place> places;

  /** Where the rows of a timer are. */
  private record Place(long time, long hold) {}

  private static final Serializer<Place> PLACES =
      new Serializer<>() {
        @Override
        public void write(Place place, DataOutput out) throws IOException {
          out.writeLong(place.time);
          out.writeLong(place.hold);
        }

        @Override
        public Place read(DataInput in) throws IOException {
          return new Place(in.readLong(), in.readLong());
        }
      };

  /** A timer that was taken out of its rows. */
  record Taken<T>(Object key, Object namespace, Object id, long time, T payload) {}

  /**
   * No rows.
   *
   * @param makeCurrent makes a key current in the backend
   * @param timers a kind of rows that nobody else has
   * @param holds another one
   * @param table the name of the table of maps
   */
  public TimerRows(
      KeyGroupRange range,
      KeyedStateBackend backend,
      ObjIntConsumer<Object> makeCurrent,
      OrderedRows timers,
      OrderedRows holds,
      String table,
      TimerFormat<T> format) {
    this.backend = backend;
    this.makeCurrent = makeCurrent;
    this.timers = new TimedRows(timers, range);
    this.holds = new TimedRows(holds, range);
    this.table = table;
    this.format = format;
  }

  TimerFormat<T> format() {
    return format;
  }

  private KeyedMapTable<Object, Place> places() {
    KeyedMapTable<Object, Place> known = places;
    if (known == null) {
      known = backend.mapTable(new MapTableDescriptor<>(table, format.ids(), PLACES));
      places = known;
    }
    return known;
  }

  /** Whether a timer of this time belongs here, as there may be others that come no later. */
  boolean reach(int keyGroup, long time) {
    return mayHave(keyGroup) && time >= timers.front(keyGroup);
  }

  /** Whether there may be timers of a key group. */
  boolean mayHave(int keyGroup) {
    return timers.front(keyGroup) != TimedRows.NONE;
  }

  /** A time that no timer is before; {@code Long.MAX_VALUE} if there are none. */
  long front() {
    return timers.leastFront();
  }

  /** The same of a key group. */
  long front(int keyGroup) {
    return timers.front(keyGroup);
  }

  /** A time that no hold of a key group is before; {@code Long.MAX_VALUE} if there are none. */
  long holdFront(int keyGroup) {
    return holds.front(keyGroup);
  }

  /** The least hold of all timers; {@code Long.MAX_VALUE} if none holds. */
  long hold() {
    return holds.leastTime();
  }

  /** Says what rows there are: times that none of them is before, or {@code Long.MAX_VALUE}. */
  void restore(int keyGroup, long time, long hold) {
    timers.restore(keyGroup, time);
    holds.restore(keyGroup, hold);
  }

  /** Puts a timer of the current key in the place of one with the same id. */
  void put(Object namespace, Object id, long time, T payload) {
    int keyGroup = backend.keyGroup();
    Place place = new Place(time, format.hold(payload));
    Place before = places().get(namespace, id);
    setIdentity(namespace, id);
    if (!place.equals(before)) {
      if (before != null) {
        deleteRows(keyGroup, before);
      }
      if (place.hold != NO_HOLD) {
        nothing.restart();
        holds.put(keyGroup, place.hold, identity, nothing);
      }
      places().put(namespace, id, place);
    }
    try {
      format.write(payload, value.restart());
    } catch (IOException e) {
      throw new UncheckedIOException("A timer cannot be encoded", e);
    }
    timers.put(keyGroup, time, identity, value);
  }

  private void setIdentity(Object namespace, Object id) {
    DataOutputStream out = identity.restart();
    try {
      format.keys().write(backend.key(), out);
      format.namespaces().write(namespace, out);
      format.ids().write(id, out);
    } catch (IOException e) {
      throw new UncheckedIOException("A timer cannot be encoded", e);
    }
  }

  private void deleteRows(int keyGroup, Place place) {
    timers.delete(keyGroup, place.time, identity);
    if (place.hold != NO_HOLD) {
      holds.delete(keyGroup, place.hold, identity);
    }
  }

  /** Deletes a timer of the current key, if it is here. */
  void delete(Object namespace, Object id) {
    Place place = places().get(namespace, id);
    if (place != null) {
      setIdentity(namespace, id);
      deleteRows(backend.keyGroup(), place);
      places().remove(namespace, id);
    }
  }

  /** Deletes all timers of the current key in a namespace. */
  void deleteAll(Object namespace) {
    if (places().isEmpty(namespace)) {
      return;
    }
    for (Map.Entry<Object, Place> entry : places().entries(namespace)) {
      setIdentity(namespace, entry.getKey());
      deleteRows(backend.keyGroup(), entry.getValue());
    }
    places().clear(namespace);
  }

  /** Puts timers that are nowhere else. The current key stays what it is. */
  void putAll(List<TimerHeap.Timer<T>> all) {
    Object key = backend.key();
    int keyGroup = backend.keyGroup();
    for (int from = 0; from < all.size(); from += READ_TOGETHER) {
      List<TimerHeap.Timer<T>> some = all.subList(from, Math.min(all.size(), from + READ_TOGETHER));
      if (backend.readsAhead()) {
        some.forEach(
            timer -> backend.announce(timer.timerKey(), timer.keyGroup(), timer.namespace()));
        backend.fetchAnnounced();
      }
      for (TimerHeap.Timer<T> timer : some) {
        makeCurrent.accept(timer.timerKey(), timer.keyGroup());
        put(timer.namespace(), timer.key(), timer.time(), timer.payload());
      }
    }
    makeCurrent.accept(key, keyGroup);
  }

  /** The key group from which {@link #takeFirst} takes. */
  int firstKeyGroup() {
    return timers.firstKeyGroup();
  }

  /**
   * Takes the first timers of the key group that begins first. Another key becomes current. The
   * keys' rows are read together, which serves their firing as well.
   *
   * @param most so many
   */
  List<Taken<T>> takeFirst(int most) {
    int keyGroup = timers.firstKeyGroup();
    List<Taken<T>> taken = new ArrayList<>();
    timers.takeFirst(most, (time, key, content) -> taken.add(decode(time, key, content)));
    for (int from = 0; from < taken.size(); from += READ_TOGETHER) {
      List<Taken<T>> some = taken.subList(from, Math.min(taken.size(), from + READ_TOGETHER));
      some.forEach(timer -> backend.announce(timer.key, keyGroup, timer.namespace));
      backend.fetchAnnounced();
      some.forEach(timer -> forget(timer, keyGroup));
    }
    return taken;
  }

  /** Removes what there is of a timer besides its row in order of time. */
  private void forget(Taken<T> timer, int keyGroup) {
    makeCurrent.accept(timer.key, keyGroup);
    long hold = format.hold(timer.payload);
    if (hold != NO_HOLD) {
      setIdentity(timer.namespace, timer.id);
      holds.delete(keyGroup, hold, identity);
    }
    if (places().contains(timer.namespace, timer.id)) { // read, so that a map's end is noticed
      places().remove(timer.namespace, timer.id);
    }
  }

  private Taken<T> decode(long time, byte[] rowKey, byte[] content) {
    int start = TimedRows.TIME_BYTES;
    DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(rowKey, start, rowKey.length - start));
    try {
      Object key = format.keys().read(in);
      Object namespace = format.namespaces().read(in);
      Object id = format.ids().read(in);
      T payload =
          format.read(namespace, id, time, new DataInputStream(new ByteArrayInputStream(content)));
      return new Taken<>(key, namespace, id, time, payload);
    } catch (IOException e) {
      throw new UncheckedIOException("The row of a timer is damaged", e);
    }
  }
}
