package dev.trestle.runner.keyed;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.timer.TimerQueue;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
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
 *   <li>Section {@code timers}: a record for each timer: key behind its length (4 bytes), timer in
 *       Beam's own coding.
 * </ul>
 */
final class KeyedSnapshot {

  private static final String HOLDS = "holds";
  private static final String TIMERS = "timers";

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

  void writeTimers(TimerQueue<TimerData> timers, SnapshotWriter to) throws IOException {
    SnapshotWriter.Section section = to.section(TIMERS);
    for (int group = keyGroups.first(); group < keyGroups.end(); group++) {
      int keyGroup = group;
      timers.forEach(
          group,
          timer -> {
            DataOutputStream out = new DataOutputStream(section.keyed(keyGroup));
            encodedKey.reset();
            keys.write(timer.timerKey(), new DataOutputStream(encodedKey));
            out.writeInt(encodedKey.size());
            out.write(encodedKey.array(), 0, encodedKey.size());
            timerCoder.encode(timer.payload(), out);
          });
    }
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
