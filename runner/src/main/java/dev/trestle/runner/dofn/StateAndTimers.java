package dev.trestle.runner.dofn;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.keyed.WindowScope;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The declared state cells and timers of a DoFn, resolved once; given to the user's code for the
 * current key and the window of the running call.
 */
final class StateAndTimers {

  private final KeyedContext keyed;
  private final Map<String, StateTag<?>> cells = new HashMap<>();
  private final Map<String, UserTimer> timers = new HashMap<>();
  private final Map<String, UserTimerFamily> families = new HashMap<>();

  private WindowScope scope;
  private Instant timestamp = GlobalWindow.TIMESTAMP_MIN_VALUE;

  StateAndTimers(DoFnInstance instance, KeyedContext keyed, WindowScope.Cache scopes) {
    this.keyed = keyed;
    scope = scopes.of(GlobalWindow.INSTANCE);
    DoFn<?, ?> fn = instance.fn();
    DoFnSignature signature = instance.signature();
    signature
        .stateDeclarations()
        .forEach((id, declared) -> cells.put(id, tag(id, declared.field(), fn)));
    TimestampBounds bounds = TimestampBounds.of(fn);
    TimerInternals internals = keyed.timers();
    signature
        .timerDeclarations()
        .forEach(
            (id, declared) -> {
              TimeDomain domain = domain(declared.field(), fn);
              timers.put(id, new UserTimer(internals, id, "", domain, bounds, scope));
            });
    signature
        .timerFamilyDeclarations()
        .forEach(
            (id, declared) -> {
              TimeDomain domain = domain(declared.field(), fn);
              families.put(id, new UserTimerFamily(internals, id, domain, bounds, scope));
            });
  }

  private static StateTag<?> tag(String id, Field field, DoFn<?, ?> fn) {
    return StateTags.tagForSpec(id, (StateSpec<?>) declared(field, fn));
  }

  private static TimeDomain domain(Field field, DoFn<?, ?> fn) {
    return ((TimerSpec) declared(field, fn)).getTimeDomain();
  }

  private static Object declared(Field field, DoFn<?, ?> fn) {
    Object value;
    try {
      value = field.get(fn);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("Cannot read " + field, e);
    }
    if (value == null) {
      throw new IllegalStateException(field + " declares state or a timer, but is null");
    }
    return value;
  }

  /**
   * Says what the next call is about.
   *
   * @param newTimestamp of its element or timer
   */
  void enter(WindowScope newScope, Instant newTimestamp) {
    scope = newScope;
    timestamp = newTimestamp;
  }

  State state(String id, boolean alwaysFetched) {
    State state = keyed.state().state(scope.namespace(), found(cells.get(id), id));
    if (alwaysFetched && state instanceof ReadableState<?> readable) {
      return (State) readable.readLater();
    }
    return state;
  }

  Timer timer(String id) {
    return found(timers.get(id), id).of(scope, timestamp);
  }

  TimerMap timerFamily(String id) {
    return found(families.get(id), id).of(scope, timestamp);
  }

  private static <T> T found(@Nullable T declared, String id) {
    if (declared == null) {
      throw new IllegalArgumentException("The DoFn does not declare " + id);
    }
    return declared;
  }
}
