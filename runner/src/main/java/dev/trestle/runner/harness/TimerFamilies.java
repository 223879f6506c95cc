package dev.trestle.runner.harness;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.source.ScriptedClock;
import dev.trestle.translation.graph.HarnessSpec;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.Timer;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** The timers that a step's workers may set. Belongs to the task's owner. */
final class TimerFamilies {

  /**
   * A family.
   *
   * @param id by which its timers are known in state
   */
  record Family(
      String transform,
      String localName,
      String id,
      TimeDomain domain,
      Coder<Timer<Object>> coder) {}

  /** A family as a worker names it. */
  private record Name(String transform, String localName) {}

  private final String step;
  private final KeyedContext keyed;
  private final WireKeys keys;
  private final InstantSource clock;
  private final Coder<BoundedWindow> windowCoder;
  private final Map<Name, Family> byName = new HashMap<>();
  private final Map<String, Family> byId = new HashMap<>();
  private final List<Family> expirations = new ArrayList<>();

  @SuppressWarnings("unchecked") // timers of the family fit its coder
  TimerFamilies(HarnessStep step, KeyedContext keyed, WireKeys keys, InstantSource clock) {
    this.step = step.transform();
    this.keyed = keyed;
    this.keys = keys;
    this.clock = clock;
    windowCoder = step.input().windowCoder();
    for (HarnessSpec.TimerFamily each : step.spec().timerFamilies()) {
      Family family =
          new Family(
              each.transform(),
              each.localName(),
              step.nameInState(each.transform(), each.localName()),
              domain(each.spec().getTimeDomain()),
              (Coder<Timer<Object>>) each.coder());
      byName.put(new Name(each.transform(), each.localName()), family);
      if (each.windowExpiry()) {
        expirations.add(family);
      } else {
        byId.put(family.id, family);
      }
    }
  }

  private static TimeDomain domain(RunnerApi.TimeDomain.Enum domain) {
    return domain == RunnerApi.TimeDomain.Enum.PROCESSING_TIME
        ? TimeDomain.PROCESSING_TIME
        : TimeDomain.EVENT_TIME;
  }

  /** Families through which workers are told that a key's window expires. */
  List<Family> expirations() {
    return expirations;
  }

  /** The family of a timer that fires. */
  Family byId(String id) {
    Family family = byId.get(id);
    if (family == null) {
      throw new HarnessException(
          step, "a timer is due that was set before the pipeline was changed: " + id);
    }
    return family;
  }

  /** Sets and clears what a bundle has set and cleared. */
  void takeUp(Arrival.Timers timers) {
    Family family = byName.get(new Name(timers.transform(), timers.family()));
    if (family == null) {
      throw new HarnessException(step, "its worker sets unknown timers " + timers.family());
    }
    InputStream in = timers.bytes().newInput();
    long sinceSet = sinceSet(family, timers.bundle());
    try {
      while (in.available() > 0) {
        set(family, family.coder.decode(in), sinceSet);
      }
    } catch (IOException e) {
      throw new HarnessException(step, e);
    }
  }

  private void set(Family family, Timer<Object> timer, long sinceSet) throws IOException {
    keys.makeCurrent(timer.getUserKey());
    String tag = timer.getDynamicTimerTag();
    for (BoundedWindow window : timer.getWindows()) {
      if (timer.getClearBit()) {
        keyed
            .timers()
            .deleteTimer(
                StateNamespaces.window(windowCoder, window), tag, family.id, family.domain);
      } else {
        keyed
            .timers()
            .setTimer(
                StateNamespaces.window(windowCoder, window),
                tag,
                family.id,
                timeOfJob(family, window, timer.getFireTimestamp()).plus(Duration.millis(sinceSet)),
                timer.getHoldTimestamp(),
                family.domain);
      }
    }
  }

  /**
   * How long ago, in milliseconds, a worker has looked at its clock to set the timers of a bundle,
   * where the job's clock has stood still meanwhile. It was while the bundle was out; nobody knows
   * better.
   */
  private long sinceSet(Family family, RemoteBundle bundle) {
    return family.domain == TimeDomain.EVENT_TIME || aheadOfWallTime() == 0
        ? 0
        : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - bundle.begun()) / 2;
  }

  /**
   * When a timer is due in the job. In processing time workers have the wall clock. In event time
   * they expect a timer when the watermark has reached its time, and the job has timers fire whose
   * time it has passed; but the end of a window is that of its last elements for all.
   */
  private Instant timeOfJob(Family family, BoundedWindow window, Instant time) {
    if (family.domain == TimeDomain.EVENT_TIME) {
      return time.isBefore(window.maxTimestamp()) ? time.minus(Duration.millis(1)) : time;
    }
    return time.plus(Duration.millis(aheadOfWallTime()));
  }

  /** The time of a timer that is due, as the worker has set it. */
  Instant timeOfWorker(Family family, BoundedWindow window, Instant time) {
    if (family.domain == TimeDomain.EVENT_TIME) {
      return time.isBefore(window.maxTimestamp()) ? time.plus(Duration.millis(1)) : time;
    }
    return time.minus(Duration.millis(aheadOfWallTime()));
  }

  private long aheadOfWallTime() {
    return ScriptedClock.aheadOfWallTime(clock);
  }
}
