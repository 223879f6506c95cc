package dev.trestle.runner.exchange;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Windows;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.PaneInfoCoder;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.values.CausedByDrain;
import org.jspecify.annotations.Nullable;

/**
 * A batch as bytes, for this process to read again: the number of elements, the keys, the values,
 * and of each element a byte of flags, the timestamp and what the flags announce. What is encoded
 * in the batch is copied as it stands; windows are written where they differ from those before.
 */
public final class BatchEncoding {

  private static final int WINDOWS = 1;
  private static final int PANE = 1 << 1;
  private static final int RECORD_ID = 1 << 2;
  private static final int RECORD_OFFSET = 1 << 3;
  private static final int DRAIN = 1 << 4;

  private final EdgeFormat format;
  private final WindowsCoder windowsCoder;

  /**
   * An encoding.
   *
   * @param format of all batches
   * @param windowCoder of their elements' windows
   */
  public BatchEncoding(EdgeFormat format, Coder<BoundedWindow> windowCoder) {
    this.format = format;
    windowsCoder = new WindowsCoder(windowCoder);
  }

  /** Writes a batch, which stays as it is. */
  public void write(Batch batch, OutputStream out) {
    try {
      int size = batch.size();
      VarInt.encode(size, out);
      if (format.keyed()) {
        batch.keyColumn().writeTo(out, size);
      }
      batch.valueColumn().writeTo(out, size);
      Object windows = null;
      for (int i = 0; i < size; i++) {
        writeRest(batch, i, windows, out);
        windows = batch.windows(i);
      }
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  private void writeRest(Batch batch, int index, @Nullable Object lastWindows, OutputStream out)
      throws IOException {
    Object windows = batch.windows(index);
    PaneInfo pane = batch.pane(index);
    Metadata metadata = batch.metadata(index);
    String id = metadata == null ? null : metadata.recordId();
    Long offset = metadata == null ? null : metadata.recordOffset();
    boolean drain = metadata != null && metadata.causedByDrain() != CausedByDrain.NORMAL;
    boolean windowsDiffer = !windows.equals(lastWindows);
    boolean hasPane = !pane.equals(PaneInfo.NO_FIRING);
    out.write(
        (windowsDiffer ? WINDOWS : 0)
            | (hasPane ? PANE : 0)
            | (id != null ? RECORD_ID : 0)
            | (offset != null ? RECORD_OFFSET : 0)
            | (drain ? DRAIN : 0));
    VarInt.encode(batch.timestampMillis(index), out);
    if (format.keyed()) {
      VarInt.encode(batch.keyHash(index), out);
    }
    if (windowsDiffer) {
      windowsCoder.write(Windows.all(windows), out);
    }
    if (hasPane) {
      PaneInfoCoder.INSTANCE.encode(pane, out);
    }
    if (id != null) {
      StringUtf8Coder.of().encode(id, out);
    }
    if (offset != null) {
      VarInt.encode(offset, out);
    }
  }

  /** Reads a batch; no element can be added to it. */
  public Batch read(InputStream in) {
    try {
      int size = VarInt.decodeInt(in);
      Coder<Object> keyCoder = format.keyCoder();
      Column keys =
          keyCoder == null ? null : Column.readFrom(in, keyCoder, format.keyByObject(), size);
      Column values = Column.readFrom(in, format.valueCoder(), format.valueByObject(), size);
      Batch batch = new Batch(format, keys, values, size);
      Object windows = null;
      for (int i = 0; i < size; i++) {
        windows = readRest(batch, windows, in);
      }
      return batch;
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  private Object readRest(Batch batch, @Nullable Object lastWindows, InputStream in)
      throws IOException {
    int flags = in.read();
    long timestamp = VarInt.decodeLong(in);
    int keyHash = format.keyed() ? VarInt.decodeInt(in) : 0;
    Object windows =
        (flags & WINDOWS) != 0 || lastWindows == null ? windowsCoder.read(in) : lastWindows;
    PaneInfo pane = (flags & PANE) != 0 ? PaneInfoCoder.INSTANCE.decode(in) : PaneInfo.NO_FIRING;
    String id = (flags & RECORD_ID) != 0 ? StringUtf8Coder.of().decode(in) : null;
    Long offset = (flags & RECORD_OFFSET) != 0 ? (Long) VarInt.decodeLong(in) : null;
    CausedByDrain drain =
        (flags & DRAIN) != 0 ? CausedByDrain.CAUSED_BY_DRAIN : CausedByDrain.NORMAL;
    batch.addRest(keyHash, timestamp, windows, pane, Metadata.of(id, offset, drain));
    return windows;
  }
}
