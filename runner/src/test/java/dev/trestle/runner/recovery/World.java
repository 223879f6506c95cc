package dev.trestle.runner.recovery;

import dev.trestle.runner.engine.CrashingRun;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the processes of a job have done to the outside, where nothing can be taken back: written
 * results, acknowledged what they read, run callbacks. Fails whoever contradicts what has been done
 * before. Every access may also fail because the simulation wants it to.
 *
 * <p>DoFns and sources have the world among their fields: serialized, it is a number by which they
 * find it again. One thread at a time uses a world.
 */
final class World implements Serializable {

  private static final Map<Integer, World> WORLDS = new ConcurrentHashMap<>();
  private static final AtomicInteger CREATED = new AtomicInteger();

  private final int id = CREATED.incrementAndGet();
  private final transient Map<String, String> results = new TreeMap<>();
  private final transient Map<Long, Long> stable = new HashMap<>();
  private final transient Map<String, Progress> progress = new HashMap<>();
  private transient long unpredictable;
  private transient CrashingRun run;

  /** How far something has come, by the epochs of the processes that did it. */
  private static final class Progress {
    /** The least position from which each went on. */
    final TreeMap<Long, Long> begun = new TreeMap<>();

    /** The furthest position up to which each said that it is durable. */
    final TreeMap<Long, Long> durable = new TreeMap<>();
  }

  private record Handle(int id) implements Serializable {
    private Object readResolve() {
      return WORLDS.get(id);
    }
  }

  World() {
    WORLDS.put(id, this);
  }

  private Object writeReplace() {
    return new Handle(id);
  }

  /** Begins anew, with a run whose processes are to act. */
  void begin(CrashingRun next) {
    run = next;
    results.clear();
    stable.clear();
    progress.clear();
    unpredictable = 0;
  }

  /** What has been written: by what it says it is, the value. */
  Map<String, String> results() {
    return results;
  }

  /** Whatever is written again must be the same. */
  void write(Object name, Object value) {
    run.mayFail();
    String before = results.putIfAbsent(name.toString(), value.toString());
    require(
        before == null || before.equals(value.toString()),
        name + " was " + before + " and is " + value);
  }

  /** What was stable once comes again as it was. */
  void writeStable(long key, long value) {
    run.mayFail();
    Long before = stable.putIfAbsent(key, value);
    require(
        before == null || before == value, key + " came with " + before + ", now with " + value);
  }

  /**
   * Says that a process goes on with something from a position: no durable one may be behind it.
   */
  void goesOn(String what, long from) {
    run.mayFail();
    Progress known = progress.computeIfAbsent(what, w -> new Progress());
    known.begun.merge(run.epoch(), from, Math::min);
    for (long durable : known.durable.headMap(run.epoch(), true).values()) {
      require(durable <= from, what + " is durable up to " + durable + ", goes on from " + from);
    }
  }

  /** Says that something need never be done again up to a position. */
  void isDurable(String what, long upTo) {
    Progress known = progress.computeIfAbsent(what, w -> new Progress());
    known.durable.merge(run.epoch(), upTo, Math::max);
    for (long begun : known.begun.tailMap(run.epoch(), false).values()) {
      require(upTo <= begun, what + " went on from " + begun + ", and is durable up to " + upTo);
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }

  /** Another number whenever it is asked for. */
  long unpredictable() {
    return ++unpredictable;
  }
}
