package dev.trestle.runner.keyed;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.HeapStateBackend;
import dev.trestle.state.timer.TimerQueue;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.TimerInternals.TimerDataCoderV2;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Writes the state and the timers of a {@link HeapKeyedContext}, and reads them again.
 *
 * <ul>
 *   <li>Section {@code state}: a record for each value: key, namespace, name of the cell, value.
 *   <li>Section {@code timers}: a record for each timer: key, timer in Beam's own coding.
 * </ul>
 *
 * A key stands behind its length. A namespace is a byte, 0 for none and 1 for a window, which
 * follows.
 */
final class KeyedSnapshot {

  private static final String STATE = "state";
  private static final String TIMERS = "timers";

  private final KeyGroupRange keyGroups;
  private final @Nullable Coder<Object> keyCoder;
  private final boolean keyByObject;
  private final Coder<BoundedWindow> windowCoder;
  private final TimerDataCoderV2 timerCoder;
  private final ByteSink keySink = new ByteSink();

  KeyedSnapshot(
      KeyGroupRange keyGroups,
      @Nullable Coder<Object> keyCoder,
      boolean keyByObject,
      Coder<BoundedWindow> windowCoder) {
    this.keyGroups = keyGroups;
    this.keyCoder = keyCoder;
    this.keyByObject = keyByObject;
    this.windowCoder = windowCoder;
    timerCoder = TimerDataCoderV2.of(windowCoder);
  }

  void writeState(HeapStateBackend backend, SnapshotWriter to) throws IOException {
    SnapshotWriter.Section section = to.section(STATE);
    for (int group = keyGroups.first(); group < keyGroups.end(); group++) {
      int keyGroup = group;
      backend.visit(
          group,
          (key, namespace, table, value) -> {
            DataOutputStream out = new DataOutputStream(section.keyed(keyGroup));
            writeKey(key, out);
            writeNamespace(namespace, out);
            out.writeUTF(table);
            value.write(out);
          });
    }
  }

  /** Takes values back. */
  interface CellReader {
    void cell(int keyGroup, Object key, Object namespace, String table, byte[] value)
        throws IOException;
  }

  void readState(RestoredState from, CellReader reader) throws IOException {
    from.read(
        STATE,
        (keyGroup, record) -> {
          DataInputStream in = new DataInputStream(record);
          Object key = readKey(in);
          Object namespace = readNamespace(in);
          reader.cell(keyGroup, key, namespace, in.readUTF(), in.readAllBytes());
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
            writeKey(timer.timerKey(), out);
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
          Object key = readKey(in);
          reader.timer(keyGroup, key, timerCoder.decode(in));
        });
  }

  private void writeKey(Object tableKey, DataOutputStream out) throws IOException {
    if (tableKey instanceof ByteKey bytes) {
      out.writeInt(bytes.length());
      out.write(bytes.bytes(), bytes.start(), bytes.length());
      return;
    }
    keySink.reset();
    coder().encode(tableKey, keySink);
    out.writeInt(keySink.size());
    out.write(keySink.array(), 0, keySink.size());
  }

  private Object readKey(DataInputStream in) throws IOException {
    byte[] bytes = in.readNBytes(in.readInt());
    return keyByObject
        ? coder().decode(new ByteSource(bytes, 0, bytes.length))
        : new ByteKey(bytes, 0, bytes.length);
  }

  private Coder<Object> coder() {
    if (keyCoder == null) {
      throw new IllegalStateException("Keys are objects and have no coder");
    }
    return keyCoder;
  }

  private void writeNamespace(Object namespace, DataOutputStream out) throws IOException {
    BoundedWindow window = Namespaces.windowOf(namespace);
    out.writeByte(window == null ? 0 : 1);
    if (window != null) {
      windowCoder.encode(window, out);
    }
  }

  private Object readNamespace(DataInputStream in) throws IOException {
    return in.readByte() == 0
        ? Namespaces.global()
        : Namespaces.ofWindow(windowCoder, windowCoder.decode(in));
  }

  /** What a hold's cell holds. */
  static long hold(byte[] value) throws IOException {
    return InstantCoder.of().decode(new ByteSource(value, 0, value.length)).getMillis();
  }
}
