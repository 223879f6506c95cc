package dev.trestle.state.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.io.IOException;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LogSlotsTest {

  @Test
  void endIsFoundWhateverWasDeleted() throws IOException {
    for (int radix = 2; radix < 5; radix++) {
      for (int levels = 1; levels < 5; levels++) {
        LogSlots slots = new LogSlots(radix, levels, 0);
        TreeSet<Long> there = new TreeSet<>();
        for (long end = 0; end < 500; end++) {
          assertThat(slots + " " + there, slots.end(there::contains), is(end));
          there.add(end + 1);
          long last = end + 1;
          there.removeIf(slot -> slots.deletable(slot, last));
        }
      }
    }
  }

  @Test
  void whoWritesADeletedEntryIsOvertaken() throws IOException {
    LogSlots slots = new LogSlots(3, 3, 1);
    TreeSet<Long> there = new TreeSet<>();
    for (long end = 1; end < 300; end++) {
      there.add(end);
      long last = end;
      there.removeIf(slot -> slots.deletable(slot, last));
      for (long slot = 1; slot < end; slot++) {
        if (!there.contains(slot)) {
          assertThat(slot + " in " + there, slots.overtaken(slot, there::contains), is(true));
        }
      }
      assertThat(slots.overtaken(end, there::contains), is(false));
    }
  }

  @Test
  void aYearOfCheckpointsLeavesFewEntriesAndIsSearchedInFewCalls() throws IOException {
    LogSlots slots = LogSlots.DEFAULT;
    long end = 365L * 24 * 360;
    int[] calls = {0};
    long found =
        slots.end(
            slot -> {
              calls[0]++;
              return slot <= end && !slots.deletable(slot, end);
            });
    assertThat(found, is(end));
    assertThat(calls[0], lessThan(50));
    int left = 0;
    for (long slot = 1; slot <= end; slot++) {
      left += slots.deletable(slot, end) ? 0 : 1;
    }
    assertThat(left, lessThan(600));
  }
}
