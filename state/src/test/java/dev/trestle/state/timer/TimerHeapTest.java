package dev.trestle.state.timer;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerHeapTest {

  private final TimerHeap<String> queue = new TimerHeap<>(KeyGroupRange.all(8));

  @Test
  void comesInOrderOfTimeThenOfSetting() {
    set("a", "w", "1", 20);
    set("b", "w", "1", 10);
    set("a", "w", "2", 10);
    set("c", "w", "1", 10);
    assertThat(queue.nextTime(), is(10L));
    assertThat(poll(15), is(List.of("b/w/1@10", "a/w/2@10", "c/w/1@10")));
    assertThat(poll(Long.MAX_VALUE), is(List.of("a/w/1@20")));
    assertThat(queue.nextTime(), is(Long.MAX_VALUE));
  }

  @Test
  void settingAgainReplaces() {
    set("a", "w", "1", 20);
    assertThat(queue.set("a", 0, "w", "1", 5, "earlier"), is("a/w/1@20"));
    assertThat(queue.set("a", 0, "w", "1", 5, "only other payload"), is("earlier"));
    assertThat(queue.size(), is(1));
    assertThat(poll(5), is(List.of("only other payload")));
  }

  @Test
  void deletesByIdentity() {
    set("a", "w", "1", 1);
    set("a", "v", "1", 2);
    assertThat(queue.delete("a", 0, "w", "2"), is(nullValue()));
    assertThat(queue.delete("x", 0, "w", "1"), is(nullValue()));
    assertThat(queue.delete("a", 0, "w", "1"), is("a/w/1@1"));
    assertThat(poll(Long.MAX_VALUE), is(List.of("a/v/1@2")));
  }

  @Test
  void namespaceOfAKeyIsDroppedAsAWhole() {
    for (int i = 0; i < 100; i++) {
      set("a", "w", "" + i, i);
      set("a", "v", "" + i, i);
      set("b", "w", "" + i, i);
    }
    List<String> deleted = new ArrayList<>();
    queue.deleteAll("a", 0, "w", deleted::add);
    assertThat(deleted.size(), is(100));
    assertThat(poll(0), is(List.of("a/v/0@0", "b/w/0@0")));
    assertThat(queue.size(), is(198));
  }

  @Test
  void keyIsKeptWhenTheProbeMovesOn() {
    ByteKey probe = new ByteKey(new byte[] {1}, 0, 1);
    queue.set(probe, 3, "w", "id", 1, "x");
    probe.set(new byte[] {2}, 0, 1);
    TimerHeap.Timer<String> timer = queue.poll(1);
    assertThat(timer.timerKey(), is(new ByteKey(new byte[] {1}, 0, 1)));
    assertThat(timer.keyGroup(), is(3));
  }

  @Test
  void keyGroupCanBeListed() {
    queue.set("a", 1, "w", "1", 1, "first");
    queue.set("b", 1, "w", "1", 2, "second");
    queue.set("c", 2, "w", "1", 3, "third");
    List<String> found = new ArrayList<>();
    queue.ofKeyGroup(1).forEach(timer -> found.add(timer.payload() + timer.time()));
    assertThat(found, containsInAnyOrder("first1", "second2"));
  }

  @Test
  void lastOnesCanBeTaken() {
    for (int i = 0; i < 20; i++) {
      set("k" + i % 3, "w", "" + i, i / 5);
    }
    List<Long> times = new ArrayList<>();
    queue.pollLast(7).forEach(timer -> times.add(timer.time()));
    assertThat(times, containsInAnyOrder(3L, 3L, 3L, 3L, 3L, 2L, 2L));
    assertThat(queue.size(), is(13));
    assertThat(poll(Long.MAX_VALUE).size(), is(13));
  }

  @Test
  void takesNothingWhenItIsEmpty() {
    set("a", "w", "1", 1);
    long one = queue.bytes();
    set("a", "w", "1", 2);
    assertThat(queue.bytes(), is(one));
    queue.set(new ByteKey(new byte[100], 0, 100), 0, "w", "1", 3, "x");
    assertThat(queue.bytes(), greaterThan(2 * one));
    set("a", "v", "1", 4);
    set("b", "w", "1", 5);
    queue.delete("a", 0, "w", "1");
    queue.deleteAll("a", 0, "v", payload -> {});
    queue.pollLast(1);
    poll(Long.MAX_VALUE);
    assertThat(queue.bytes(), is(0L));
  }

  @Test
  void agreesWithAMapOnAnythingAtAll() {
    record Set(String identity, long time, int sequence) {}
    Map<String, Set> model = new HashMap<>();
    Random random = new Random(3);
    for (int i = 0; i < 50_000; i++) {
      String key = "k" + random.nextInt(20);
      String id = "" + random.nextInt(20);
      String identity = key + "/" + id;
      switch (random.nextInt(5)) {
        case 0 -> {
          Set expected = model.remove(identity);
          String deleted = queue.delete(key, 0, "w", id);
          assertThat(deleted, is(expected == null ? null : identity));
        }
        case 1 -> {
          Set expected =
              model.values().stream()
                  .min(Comparator.comparingLong(Set::time).thenComparingInt(Set::sequence))
                  .orElse(null);
          TimerHeap.Timer<String> timer = queue.poll(500);
          if (expected == null || expected.time > 500) {
            assertThat(timer, is(nullValue()));
          } else {
            assertThat(timer.payload(), is(expected.identity));
            model.remove(expected.identity);
          }
        }
        default -> {
          long time = random.nextInt(1000);
          Set known = model.get(identity);
          int sequence = known != null && known.time == time ? known.sequence : i;
          model.put(identity, new Set(identity, time, sequence));
          queue.set(key, 0, "w", id, time, identity);
        }
      }
      assertThat(queue.size(), is(model.size()));
    }
  }

  private void set(String key, String namespace, String id, long time) {
    queue.set(key, 0, namespace, id, time, key + "/" + namespace + "/" + id + "@" + time);
  }

  private List<String> poll(long due) {
    List<String> fired = new ArrayList<>();
    for (TimerHeap.Timer<String> t = queue.poll(due); t != null; t = queue.poll(due)) {
      fired.add(t.payload());
    }
    return fired;
  }
}
