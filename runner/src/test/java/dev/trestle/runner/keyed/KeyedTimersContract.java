package dev.trestle.runner.keyed;

import static org.apache.beam.sdk.transforms.windowing.BoundedWindow.TIMESTAMP_MAX_VALUE;
import static org.apache.beam.sdk.transforms.windowing.BoundedWindow.TIMESTAMP_MIN_VALUE;
import static org.apache.beam.sdk.values.CausedByDrain.CAUSED_BY_DRAIN;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.operator.FakeOperatorContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.CausedByDrain;
import org.junit.jupiter.api.Test;

/** Timers as operators see them, wherever they are. Among timers of one time there is no order. */
abstract class KeyedTimersContract extends KeyedFixture {

  private final List<String> fired = new ArrayList<>();

  KeyedTimersContract(FakeOperatorContext task) {
    super(task);
  }

  @Test
  void fireInOrderOfTimeOverAllKeys() {
    key("a");
    event("x", 30);
    event("y", 10);
    key("b");
    event("x", 20);
    assertThat(fireEvents(100), is(true));
    assertThat(fired, is(List.of("a:y@10", "b:x@20", "a:x@30")));
  }

  @Test
  void eventTimerFiresWhenTheWatermarkHasPassedIt() {
    key("a");
    event("x", 10);
    fireEvents(10);
    assertThat(fired, is(List.of()));
    fireEvents(11);
    assertThat(fired, is(List.of("a:x@10")));
  }

  @Test
  void allFireAtTheEndOfTime() {
    key("a");
    event("last", TIMESTAMP_MAX_VALUE.getMillis());
    assertThat(fireEvents(TIMESTAMP_MAX_VALUE.getMillis() - 1), is(true));
    assertThat(fired, is(List.of()));
    fireEvents(Long.MAX_VALUE);
    assertThat(fired.size(), is(1));
    assertThat(keyed.timers().currentInputWatermarkTime(), is(TIMESTAMP_MAX_VALUE));
  }

  @Test
  void processingTimersOfBothDomainsFireAfterTheirTime() {
    key("a");
    assertThat(keyed.nextProcessingTime(), is(Long.MAX_VALUE));
    set("p", 20, 0, TimeDomain.PROCESSING_TIME);
    set("s", 10, 0, TimeDomain.SYNCHRONIZED_PROCESSING_TIME);
    assertThat(keyed.nextProcessingTime(), is(11L));
    fireProcessing(keyed.nextProcessingTime());
    assertThat(fired, is(List.of("a:s@10")));
    fireProcessing(100);
    assertThat(fired, is(List.of("a:s@10", "a:p@20")));
  }

  @Test
  void settingAgainReplaces() {
    key("a");
    event("x", 10);
    event("x", 20);
    fireEvents(15);
    assertThat(fired, is(List.of()));
    fireEvents(25);
    assertThat(fired, is(List.of("a:x@20")));
  }

  @Test
  void familyNamespaceAndKeyAreApart() {
    key("a");
    keyed.timers().setTimer(in(0), "x", "f", at(1), at(1), TimeDomain.EVENT_TIME);
    keyed.timers().setTimer(in(0), "x", "g", at(2), at(2), TimeDomain.EVENT_TIME);
    keyed.timers().setTimer(in(0), "x", "", at(3), at(3), TimeDomain.EVENT_TIME);
    keyed.timers().setTimer(in(10), "x", "", at(4), at(4), TimeDomain.EVENT_TIME);
    keyed.timers().deleteTimer(in(0), "x", "g", TimeDomain.EVENT_TIME);
    key("b");
    event("x", 5);
    fireEvents(100);
    assertThat(fired, is(List.of("a:x@1", "a:x@3", "a:x@4", "b:x@5")));
  }

  @Test
  @SuppressWarnings("deprecation") // all forms of deletion
  void deletedTimersDoNotFire() {
    key("a");
    event("x", 1);
    event("y", 2);
    event("z", 3);
    set("p", 4, 4, TimeDomain.PROCESSING_TIME);
    keyed.timers().deleteTimer(in(0), "x", "", TimeDomain.EVENT_TIME);
    keyed.timers().deleteTimer(in(0), "y", "");
    keyed.timers().deleteTimer(data("z", 3, 3, TimeDomain.EVENT_TIME));
    keyed.timers().deleteTimer(in(0), "p", "");
    fireEvents(100);
    fireProcessing(100);
    assertThat(fired, is(List.of()));
    assertThat(keyed.hold(), is(Long.MAX_VALUE));
  }

  @Test
  void timerSetInThePastFiresAtTheNextCall() {
    fireEvents(100);
    key("a");
    event("x", 5);
    fireEvents(100);
    assertThat(fired, is(List.of("a:x@5")));
  }

  @Test
  void timersSetWhileFiringFireInTheirTurn() {
    key("a");
    event("x", 10);
    event("late", 50);
    keyed.fireEventTimers(
        100,
        slice(1000),
        timer -> {
          record(timer);
          if (timer.getTimestamp().getMillis() < 13) {
            event("x", timer.getTimestamp().getMillis() + 1);
          }
        });
    assertThat(fired, is(List.of("a:x@10", "a:x@11", "a:x@12", "a:x@13", "a:late@50")));
  }

  @Test
  void timersDeletedWhileFiringDoNotFire() {
    key("a");
    event("x", 10);
    event("y", 11);
    keyed.fireEventTimers(
        100,
        slice(1000),
        timer -> {
          record(timer);
          keyed.timers().deleteTimer(in(0), "y", "", TimeDomain.EVENT_TIME);
        });
    assertThat(fired, is(List.of("a:x@10")));
  }

  @Test
  void usedUpSliceGoesOnLater() {
    long time = 10;
    for (String key : List.of("a", "b", "c")) {
      key(key);
      event("x", time++);
    }
    assertThat(keyed.fireEventTimers(100, slice(2), this::record), is(false));
    assertThat(fired.size(), is(2));
    assertThat(keyed.fireEventTimers(100, slice(0), this::record), is(false));
    assertThat(keyed.fireEventTimers(100, slice(1), this::record), is(true));
    assertThat(fired, is(List.of("a:x@10", "b:x@11", "c:x@12")));
  }

  @Test
  void stateIsThatOfTheTimersKey() {
    var tag = StateTags.value("v", StringUtf8Coder.of());
    long time = 10;
    for (String key : List.of("a", "b")) {
      key(key);
      keyed.state().state(in(0), tag).write("of " + key);
      event("x", time++);
    }
    List<String> read = new ArrayList<>();
    keyed.fireEventTimers(
        100, slice(9), timer -> read.add(keyed.state().state(timer.getNamespace(), tag).read()));
    assertThat(read, is(List.of("of a", "of b")));
  }

  @Test
  void clocksAreTheTasks() {
    task.now = 42;
    task.outputWatermark = 500;
    assertThat(keyed.timers().currentProcessingTime(), is(at(42)));
    assertThat(keyed.timers().currentSynchronizedProcessingTime(), is(at(42)));
    assertThat(keyed.timers().currentInputWatermarkTime(), is(TIMESTAMP_MIN_VALUE));
    assertThat(
        "never ahead of the input",
        keyed.timers().currentOutputWatermarkTime(),
        is(TIMESTAMP_MIN_VALUE));
    keyed.fireEventTimers(
        400,
        slice(9),
        timer -> assertThat(keyed.timers().currentInputWatermarkTime(), is(at(400))));
    assertThat(keyed.timers().currentInputWatermarkTime(), is(at(400)));
    assertThat(keyed.timers().currentOutputWatermarkTime(), is(at(400)));
    fireEvents(600);
    assertThat(keyed.timers().currentOutputWatermarkTime(), is(at(500)));
  }

  @Test
  void timersHoldUntilTheyFireOrGo() {
    key("a");
    set("x", 50, 20, TimeDomain.EVENT_TIME);
    assertThat(keyed.hold(), is(20L));
    set("x", 50, 30, TimeDomain.EVENT_TIME);
    assertThat("only the output timestamp changed", keyed.hold(), is(30L));
    set("p", 1000, 25, TimeDomain.PROCESSING_TIME);
    assertThat(keyed.hold(), is(25L));
    fireProcessing(2000);
    assertThat(keyed.hold(), is(30L));
    keyed.clearWindow(window(0));
    assertThat(keyed.hold(), is(Long.MAX_VALUE));
    fireEvents(100);
    assertThat(fired, is(List.of("a:p@1000")));
  }

  @Test
  void newOutputTimestampTakesEffect() {
    key("a");
    set("x", 50, 20, TimeDomain.EVENT_TIME);
    set("x", 50, 30, TimeDomain.EVENT_TIME);
    keyed.fireEventTimers(
        100, slice(9), timer -> assertThat(timer.getOutputTimestamp(), is(at(30))));
  }

  @Test
  @SuppressWarnings("deprecation") // as ReduceFnRunner sets them
  void timersOfTheSystemDoNotHold() {
    key("a");
    keyed
        .timers()
        .setTimer(
            TimerData.of(in(0), at(50), at(50), TimeDomain.PROCESSING_TIME, CausedByDrain.NORMAL));
    keyed
        .timers()
        .setTimer(TimerData.of(in(0), at(9), at(9), TimeDomain.EVENT_TIME, CausedByDrain.NORMAL));
    set("none", 50, TIMESTAMP_MAX_VALUE.getMillis() + 1, TimeDomain.PROCESSING_TIME);
    assertThat(keyed.hold(), is(Long.MAX_VALUE));
    fireProcessing(51);
    fireEvents(51);
    assertThat(fired.size(), is(3));
  }

  @Test
  void timerThatTellsOfAnExpiryHoldsRightBefore() {
    key("a");
    set("__StatefulParDoGcTimerId", 50, 9, TimeDomain.EVENT_TIME);
    assertThat(keyed.hold(), is(49L));
    fireEvents(51);
    assertThat(keyed.hold(), is(Long.MAX_VALUE));
  }

  @Test
  void timerThatOnlyClearsAWindowDoesNotHold() {
    key("a");
    set("__StatefulParDoGcTimerId", 50, TIMESTAMP_MAX_VALUE.getMillis() + 1, TimeDomain.EVENT_TIME);
    assertThat(keyed.hold(), is(Long.MAX_VALUE));
  }

  @Test
  void sortingTimerOfStatefulDoFnsHolds() {
    key("a");
    set("sortFlushTimer", 50, 9, TimeDomain.EVENT_TIME);
    assertThat(keyed.hold(), is(9L));
  }

  @Test
  void windowIsClearedOfTimersInAllDomains() {
    key("a");
    event("x", 50);
    set("p", 50, 20, TimeDomain.PROCESSING_TIME);
    set("s", 50, 20, TimeDomain.SYNCHRONIZED_PROCESSING_TIME);
    keyed.timers().setTimer(in(10), "x", "", at(51), at(51), TimeDomain.EVENT_TIME);
    key("b");
    event("x", 52);
    key("a");
    keyed.clearWindow(window(0));
    assertThat(keyed.hold(), is(Long.MAX_VALUE));
    fireEvents(100);
    fireProcessing(100);
    assertThat(fired, is(List.of("a:x@51", "b:x@52")));
  }

  @Test
  void triggersOfAWindowHaveTimersOfTheirOwn() {
    key("a");
    for (int trigger = 0; trigger < 3; trigger++) {
      StateNamespace namespace =
          StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window(0), trigger);
      keyed.timers().setTimer(namespace, "x", "", at(trigger), at(trigger), TimeDomain.EVENT_TIME);
    }
    keyed.timers().setTimer(GLOBAL, "x", "", at(7), at(7), TimeDomain.EVENT_TIME);
    List<StateNamespace> namespaces = new ArrayList<>();
    keyed.fireEventTimers(100, slice(9), timer -> namespaces.add(timer.getNamespace()));
    assertThat(
        namespaces,
        is(
            List.of(
                StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window(0), 0),
                StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window(0), 1),
                StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window(0), 2),
                GLOBAL)));
  }

  @Test
  void causeOfATimerIsKept() {
    key("a");
    TimerData drained =
        TimerData.of("x", "f", in(0), at(5), at(3), TimeDomain.EVENT_TIME, CAUSED_BY_DRAIN);
    setAsItIs(drained);
    List<TimerData> timers = new ArrayList<>();
    keyed.fireEventTimers(100, slice(9), timers::add);
    assertThat(timers, is(List.of(drained)));
  }

  @SuppressWarnings("deprecation") // the only way to set one as it is
  private void setAsItIs(TimerData timer) {
    keyed.timers().setTimer(timer);
  }

  private void event(String id, long time) {
    set(id, time, time, TimeDomain.EVENT_TIME);
  }

  private void set(String id, long time, long output, TimeDomain domain) {
    keyed.timers().setTimer(in(0), id, "", at(time), at(output), domain);
  }

  private static TimerData data(String id, long time, long output, TimeDomain domain) {
    StateNamespace namespace = in(0);
    return TimerData.of(id, "", namespace, at(time), at(output), domain);
  }

  private boolean fireEvents(long watermark) {
    return keyed.fireEventTimers(watermark, slice(1000), this::record);
  }

  private void fireProcessing(long now) {
    task.now = now;
    assertThat(keyed.fireProcessingTimers(now, slice(1000), this::record), is(true));
  }

  private void record(TimerData timer) {
    fired.add(keyed.key() + ":" + timer.getTimerId() + "@" + timer.getTimestamp().getMillis());
  }
}
