package dev.trestle.state.timer;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.timer.TimerTask.Payload;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimerQueueTest {

  private static final int KEY_GROUPS = 8;
  private static final long NO_HOLD = Long.MAX_VALUE;
  private static final long NO_MEMORY = 0;
  private static final long LITTLE = 5_000;
  private static final long ENOUGH = 1 << 30;

  @TempDir Path directory;
  private TimerTask.Job job;

  @BeforeEach
  void open() {
    job = new TimerTask.Job(directory);
  }

  @AfterEach
  void close() {
    job.close();
  }

  private TimerTask task(long memory) {
    return job.start(KeyGroupRange.all(KEY_GROUPS), memory);
  }

  private static List<Long> poll(TimerTask task, long due) {
    List<Long> times = new ArrayList<>();
    for (TimerQueue.Timer<Payload> timer = task.queue.poll(due);
        timer != null;
        timer = task.queue.poll(due)) {
      times.add(timer.time());
    }
    return times;
  }

  // ---- Anything at all ---------------------------------------------------------------------

  private record Identity(String key, String namespace, String id) {}

  private record Expected(long time, Payload payload) {}

  /** A job of several tasks, and what it should do. */
  private final class Twins {
    final Random random;
    final long memory;
    final long times;
    final Map<Identity, Expected> model = new HashMap<>();
    List<TimerTask> tasks;
    long now;

    Twins(long seed, long memory, long times) {
      random = new Random(seed);
      this.memory = memory;
      this.times = times;
      tasks = List.of(task(memory));
    }

    TimerTask of(String key) {
      int keyGroup = TimerTask.keyGroup(key, KEY_GROUPS);
      return tasks.stream().filter(task -> task.range.contains(keyGroup)).findFirst().orElseThrow();
    }

    void mutate() {
      Identity any =
          new Identity("k" + random.nextInt(40), "w" + random.nextInt(2), "t" + random.nextInt(20));
      TimerTask task = of(any.key);
      switch (random.nextInt(12)) {
        case 0, 1 -> {
          model.remove(any);
          task.delete(any.key, any.namespace, any.id);
        }
        case 2 -> {
          if (random.nextInt(5) == 0) {
            model
                .keySet()
                .removeIf(t -> t.key.equals(any.key) && t.namespace.equals(any.namespace));
            task.deleteAll(any.key, any.namespace);
          }
        }
        case 3, 4 -> fire(task, now + random.nextLong(times / 10 + 1));
        case 5 -> set(any, model.getOrDefault(any, new Expected(now, new Payload("", 0))).time);
        default -> set(any, now + random.nextLong(times));
      }
    }

    void set(Identity identity, long time) {
      long hold = random.nextInt(3) == 0 ? time - random.nextLong(times) : NO_HOLD;
      Payload payload = new Payload("p" + random.nextInt(), hold);
      model.put(identity, new Expected(time, payload));
      of(identity.key).set(identity.key, identity.namespace, identity.id, time, payload);
    }

    void fire(TimerTask task, long due) {
      for (int most = random.nextInt(30); most > 0; most--) {
        long next =
            model.entrySet().stream()
                .filter(e -> of(e.getKey().key) == task)
                .mapToLong(e -> e.getValue().time)
                .min()
                .orElse(Long.MAX_VALUE);
        assertThat(task.queue.nextTime(), is(lessThanOrEqualTo(next)));
        TimerQueue.Timer<Payload> timer = task.queue.poll(due);
        if (timer == null) {
          assertThat(next, is(greaterThan(due)));
          now = Math.max(now, due);
          return;
        }
        assertThat(timer.time(), is(next));
        assertThat(
            "a timer with what it carries", model.entrySet().removeIf(e -> matches(e, timer)));
      }
    }

    boolean matches(Map.Entry<Identity, Expected> expected, TimerQueue.Timer<Payload> timer) {
      return expected.getKey().key.equals(timer.timerKey())
          && expected.getValue().equals(new Expected(timer.time(), timer.payload()));
    }

    void compareHolds() {
      for (TimerTask task : tasks) {
        long hold =
            model.entrySet().stream()
                .filter(e -> of(e.getKey().key) == task)
                .mapToLong(e -> e.getValue().payload.hold())
                .min()
                .orElse(NO_HOLD);
        assertThat(task.hold(), is(hold));
      }
    }

    void restart() {
      tasks = job.restart(tasks, 1 + random.nextInt(3), memory);
    }

    void fireAll() {
      for (TimerTask task : tasks) {
        while (!task.queue.isEmpty()) {
          fire(task, Long.MAX_VALUE - 1);
        }
      }
      assertThat(model, is(Map.of()));
      compareHolds();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1000", "5000, 1000", "50000, 1000", "1000000000, 1000", "0, 3", "5000, 3"})
  void agreesWithAMapOverRestartsAndOtherParallelisms(long memory, long times) {
    Twins twins = new Twins(5, memory, times);
    for (int round = 0; round < 8; round++) {
      for (int i = 0; i < 800; i++) {
        twins.mutate();
        if (i % 10 == 0) {
          twins.compareHolds();
        }
      }
      twins.restart();
    }
    twins.fireAll();
  }

  // ---- Memory ------------------------------------------------------------------------------

  @Test
  void withEnoughMemoryThereAreNoRows() {
    TimerTask task = task(ENOUGH);
    for (int i = 0; i < 20_000; i++) {
      task.set("k" + i, "w", "t", 20_000 - i, new Payload("", i % 2 == 0 ? i : NO_HOLD));
    }
    assertThat(poll(task, 20_000).size(), is(20_000));
    assertThat(job.hasDatabase(), is(false));
  }

  @Test
  void memoryIsGivenBack() {
    TimerTask task = task(ENOUGH);
    for (int i = 0; i < 20_000; i++) {
      task.set("k" + i, "w", "t", i, new Payload("", NO_HOLD));
    }
    long most = job.budget.used();
    assertThat(poll(task, 10_000).size(), is(10_001));
    assertThat(job.budget.used(), is(lessThan(most)));
    task.queue.close();
    assertThat(job.budget.used(), is(0L));
  }

  @Test
  void moreTimersThanFitStayInRows() {
    TimerTask task = task(LITTLE);
    for (int i = 0; i < 3_000; i++) {
      task.set("k" + i, "w", "t", i * 7919L % 3_000, new Payload("", NO_HOLD));
    }
    assertThat(task.timersInMemory(), is(lessThan(20)));
    List<Long> times = poll(task, 2_000);
    assertThat(times.size(), is(2_001));
    assertThat(times, is(times.stream().sorted().toList()));
  }

  @Test
  void anyNumberMayHaveTheSameTime() {
    TimerTask task = task(LITTLE);
    for (int i = 0; i < 3_000; i++) {
      task.set("k" + i, "w", "t", 5, new Payload("", 4));
    }
    assertThat(task.hold(), is(4L));
    assertThat(poll(task, 4), is(List.of()));
    for (int i = 0; i < 3_000; i++) {
      assertThat(task.queue.poll(5), is(notNullValue()));
      assertThat("in memory", task.timersInMemory(), is(lessThan(20 + 32 * KEY_GROUPS)));
    }
    assertThat(task.queue.isEmpty(), is(true));
    assertThat(task.hold(), is(NO_HOLD));
  }

  @Test
  void timersOfTheWholeRangeOfTime() {
    TimerTask task = task(NO_MEMORY);
    List<Long> times = List.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE - 1, Long.MAX_VALUE);
    times.forEach(time -> task.set("k", "w", "t" + time, time, new Payload("", NO_HOLD)));
    assertThat(poll(task, 0), is(times.subList(0, 3)));
    assertThat(poll(task, Long.MAX_VALUE), is(times.subList(3, 6)));
  }

  @Test
  void currentKeyStaysWhatItIsWhenOthersAreMovedOut() {
    TimerTask task = task(LITTLE);
    for (int i = 0; i < 100; i++) {
      task.set("k" + i, "w", "t", i, new Payload("", NO_HOLD));
      assertThat(task.backend.key(), is("k" + i));
      assertThat(task.backend.keyGroup(), is(TimerTask.keyGroup("k" + i, KEY_GROUPS)));
    }
  }

  @Test
  void taskWithoutKeyGroupsHasNoTimers() {
    TimerTask task = job.start(new KeyGroupRange(3, 3, KEY_GROUPS), NO_MEMORY);
    assertThat(task.queue.poll(Long.MAX_VALUE), is(nullValue()));
    assertThat(task.hold(), is(NO_HOLD));
  }

  // ---- Failures ----------------------------------------------------------------------------

  @Test
  void damagedRowIsNotMistakenForATimer() {
    TimerTask task = task(NO_MEMORY);
    task.damage(3, 7);
    UncheckedIOException failure =
        assertThrows(UncheckedIOException.class, () -> task.queue.poll(Long.MAX_VALUE));
    assertThat(failure.getMessage(), containsString("damaged"));
  }

  @Test
  void timerThatCannotBeEncodedFailsWhoSetsIt() {
    TimerTask task = task(NO_MEMORY);
    assertThrows(
        UncheckedIOException.class,
        () -> task.set("k", "w", "t", 1, new Payload(Payload.CANNOT_BE_ENCODED, NO_HOLD)));
    assertThrows(
        UncheckedIOException.class,
        () -> task.set("k", "w", "x".repeat(70_000), 1, new Payload("", NO_HOLD)));
  }
}
