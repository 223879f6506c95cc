package dev.trestle.runner.keyed;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.timer.TimerQueue;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.TimerInternals.TimerDataCoderV2;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Writes what {@link StateAndTimers} has besides rows in tables, and reads it again.
 *
 * <ul>
 *   <li>Section {@code holds}: one record without a key group and without content, so that the step
 *       is named in the file; then for each key group that has any, the times at which its cells
 *       hold the watermark, 8 bytes each. The cells have them too, but nobody reads all cells.
 *   <li>Section {@code timers}: a record for each timer in memory: key behind its length (4 bytes),
 *       timer in Beam's own coding.
 *   <li>Section {@code timer-rows}: for each key group that has timers in rows, a record with two
 *       times of 8 bytes for each domain (event, processing, synchronized processing time): one
 *       that no timer in rows is before, one that no hold of them is before; {@code Long.MAX_VALUE}
 *       where there are none.
 * </ul>
 */
final class KeyedSnapshot {

  private static final String HOLDS = "holds";
  private static final String TIMERS = "timers";
  private static final String TIMER_ROWS = "timer-rows";
  private static final long NONE = Long.MAX_VALUE;

  private final KeyGroupRange keyGroups;
  private final KeyFormat keys;
  private final TimerDataCoderV2 timerCoder;
  private final ByteSink encodedKey = new ByteSink();

  KeyedSnapshot(KeyGroupRange keyGroups, KeyFormat keys, Coder<BoundedWindow> windowCoder) {
    this.keyGroups = keyGroups;
    this.keys = keys;
    timerCoder = TimerDataCoderV2.of(windowCoder);
  }

  void writeHolds(WatermarkHolds holds, SnapshotWriter to) throws IOException {
    SnapshotWriter.Section section = to.section(HOLDS);
    section.unkeyed();
    for (int group = keyGroups.first(); group < keyGroups.end(); group++) {
      long[] times = holds.ofKeyGroup(group);
      if (times.length > 0) {
        DataOutputStream out = new DataOutputStream(section.keyed(group));
        for (long time : times) {
          out.writeLong(time);
        }
      }
    }
  }

  /** Takes holds back. */
  interface HoldReader {
    void hold(int keyGroup, long time);
  }

  void readHolds(RestoredState from, HoldReader reader) throws IOException {
    from.read(
        HOLDS,
        (keyGroup, record) -> {
          DataInputStream in = new DataInputStream(record);
          while (in.available() > 0) {
            reader.hold(keyGroup, in.readLong());
          }
        });
  }

  /** Writes timers of all domains. */
  void writeTimers(List<TimerQueue<TimerData>> domains, SnapshotWriter to) throws IOException {
    SnapshotWriter.Section section = to.section(TIMERS);
    for (int group = keyGroups.first(); group < keyGroups.end(); group++) {
      int keyGroup = group;
      for (TimerQueue<TimerData> timers : domains) {
        timers.forEachInMemory(group, timer -> write(timer, section.keyed(keyGroup)));
      }
      if (domains.stream().anyMatch(timers -> timers.front(keyGroup) != NONE)) {
        DataOutputStream out = new DataOutputStream(to.section(TIMER_ROWS).keyed(group));
        for (TimerQueue<TimerData> timers : domains) {
          out.writeLong(timers.front(group));
          out.writeLong(timers.holdFront(group));
        }
      }
    }
  }

  private void write(TimerQueue.Timer<TimerData> timer, ByteSink record) throws IOException {
    DataOutputStream out = new DataOutputStream(record);
    encodedKey.reset();
    keys.write(timer.timerKey(), new DataOutputStream(encodedKey));
    out.writeInt(encodedKey.size());
    out.write(encodedKey.array(), 0, encodedKey.size());
    timerCoder.encode(timer.payload(), out);
  }

  /** Tells queues of all domains what they have in rows; before any timer is set. */
  void readFronts(RestoredState from, List<TimerQueue<TimerData>> domains) throws IOException {
    from.read(
        TIMER_ROWS,
        (keyGroup, record) -> {
          DataInputStream in = new DataInputStream(record);
          for (TimerQueue<TimerData> timers : domains) {
            timers.restoreRows(keyGroup, in.readLong(), in.readLong());
          }
        });
  }

  /** Takes timers back. */
  interface TimerReader {
    void timer(int keyGroup, Object key, TimerData timer);
  }

  void readTimers(RestoredState from, TimerReader reader) throws IOException {
    from.read(
        TIMERS,
        (keyGroup, record) -> {
          DataInputStream in = new DataInputStream(record);
          Object key = keys.read(in.readNBytes(in.readInt()));
          reader.timer(keyGroup, key, timerCoder.decode(in));
        });
  }
}
