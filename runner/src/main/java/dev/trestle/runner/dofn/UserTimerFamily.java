package dev.trestle.runner.dofn;

import dev.trestle.runner.keyed.WindowScope;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/** A timer family as the user's code sees it; ids are made up as it goes. */
final class UserTimerFamily implements TimerMap {

  private final TimerInternals timers;
  private final String family;
  private final TimeDomain domain;
  private final TimestampBounds bounds;
  private final Map<String, Timer> members = new HashMap<>();

  private WindowScope scope;
  private Instant setterTimestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;

  UserTimerFamily(
      TimerInternals timers,
      String family,
      TimeDomain domain,
      TimestampBounds bounds,
      WindowScope scope) {
    this.timers = timers;
    this.family = family;
    this.domain = domain;
    this.bounds = bounds;
    this.scope = scope;
  }

  /** Makes the family ready for another call. */
  UserTimerFamily of(WindowScope newScope, Instant timestamp) {
    scope = newScope;
    setterTimestamp = timestamp;
    members.clear();
    return this;
  }

  @Override
  public void set(String id, Instant target) {
    Timer timer = member(id);
    timer.set(target);
    members.put(id, timer);
  }

  @Override
  public Timer get(String id) {
    return members.computeIfAbsent(id, this::member);
  }

  private Timer member(String id) {
    return new UserTimer(timers, id, family, domain, bounds, scope).of(scope, setterTimestamp);
  }
}
