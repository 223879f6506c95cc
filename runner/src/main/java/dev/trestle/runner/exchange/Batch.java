package dev.trestle.runner.exchange;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.state.ByteKey;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@link #CAPACITY} elements on their way between two tasks, or waiting in one, column by
 * column. One task writes it, hands it over, and never touches it again.
 */
public final class Batch implements StreamItem.Elements {

  /** Most elements in one batch. */
  public static final int CAPACITY = 512;

  /** A batch is handed on when it has grown to so many bytes. */
  static final int MOST_BYTES = 1 << 18;

  private final EdgeFormat format;
  private final @Nullable Column keys;
  private final Column values;
  private final int[] keyHashes;
  private final long[] timestamps;
  private final Object[] windows;

  /** Null as long as no element had another pane than {@code NO_FIRING}. */
  private PaneInfo @Nullable [] panes;

  /** Null as long as no element had any. */
  private @Nullable Metadata @Nullable [] metadata;

  private int size;
  private long bytes;

  public Batch(EdgeFormat format) {
    this(format, CAPACITY);
  }

  /**
   * A batch for few elements.
   *
   * @param capacity most elements, at least 1
   */
  public Batch(EdgeFormat format, int capacity) {
    this(
        format,
        format.keyCoder() == null
            ? null
            : new Column(format.keyCoder(), format.keyByObject(), capacity),
        new Column(format.valueCoder(), format.valueByObject(), capacity),
        capacity);
  }

  Batch(EdgeFormat format, @Nullable Column keys, Column values, int capacity) {
    this.format = format;
    this.keys = keys;
    this.values = values;
    keyHashes = keys == null ? new int[0] : new int[capacity];
    timestamps = new long[capacity];
    windows = new Object[capacity];
  }

  /**
   * The same elements under one key, whose encoding is empty.
   *
   * @param keyed a format whose value coder is this batch's
   */
  public Batch withEmptyKey(EdgeFormat keyed) {
    if (keyed.keyCoder() == null) {
      throw new IllegalArgumentException("The format has no key");
    }
    Column emptyKeys = new Column(keyed.keyCoder(), false, timestamps.length);
    Batch batch = new Batch(keyed, emptyKeys, values, timestamps.length);
    System.arraycopy(timestamps, 0, batch.timestamps, 0, size);
    System.arraycopy(windows, 0, batch.windows, 0, size);
    Arrays.fill(batch.keyHashes, ByteKey.hash(new byte[0], 0, 0));
    batch.panes = panes;
    batch.metadata = metadata;
    batch.size = size;
    batch.bytes = bytes;
    return batch;
  }

  /** Adds an element of an edge without key. */
  public void add(
      @Nullable Object value,
      Instant timestamp,
      Object elementWindows,
      PaneInfo pane,
      @Nullable Metadata elementMetadata) {
    bytes += 32 + values.put(size, value);
    finish(timestamp.getMillis(), elementWindows, pane, elementMetadata);
  }

  /** Counts bytes that only the caller knows of: those of elements that are objects. */
  public void charge(long more) {
    bytes += more;
  }

  /**
   * Adds an element of a keyed edge.
   *
   * @param encodedKey the key's encoding, where keys do not travel as objects
   */
  public void addKeyed(
      @Nullable Object key,
      ByteKey encodedKey,
      int keyHash,
      @Nullable Object value,
      Instant timestamp,
      Object elementWindows,
      PaneInfo pane,
      @Nullable Metadata elementMetadata) {
    Column column = keyColumn();
    if (format.keyByObject()) {
      bytes += 32 + column.put(size, key);
    } else {
      column.putEncoded(size, encodedKey.bytes(), encodedKey.start(), encodedKey.end());
      bytes += 32 + encodedKey.length();
    }
    keyHashes[size] = keyHash;
    bytes += values.put(size, value);
    finish(timestamp.getMillis(), elementWindows, pane, elementMetadata);
  }

  /**
   * Adds an element of another batch of the same format, as it stands there.
   *
   * @param elementWindows those of its windows that are meant
   */
  public void addFrom(Batch other, int index, Object elementWindows) {
    bytes += 32 + values.putFrom(size, other.values, index);
    if (keys != null) {
      bytes += keys.putFrom(size, other.keyColumn(), index);
      keyHashes[size] = other.keyHashes[index];
    }
    finish(other.timestamps[index], elementWindows, other.pane(index), other.metadata(index));
  }

  /** Adds the next element of columns that are filled. */
  void addRest(
      int keyHash,
      long timestamp,
      Object elementWindows,
      PaneInfo pane,
      @Nullable Metadata elementMetadata) {
    bytes += 32;
    if (keys != null) {
      keyHashes[size] = keyHash;
    }
    finish(timestamp, elementWindows, pane, elementMetadata);
  }

  @SuppressWarnings(
      "ReferenceEquality") // nearly all panes are this one; an equal one is just stored
  private void finish(
      long timestamp, Object elementWindows, PaneInfo pane, @Nullable Metadata extra) {
    timestamps[size] = timestamp;
    windows[size] = elementWindows;
    if (panes != null) {
      panes[size] = pane;
    } else if (pane != PaneInfo.NO_FIRING) {
      panes = new PaneInfo[timestamps.length];
      Arrays.fill(panes, 0, size, PaneInfo.NO_FIRING);
      panes[size] = pane;
    }
    if (metadata != null) {
      metadata[size] = extra;
    } else if (extra != null) {
      metadata = new @Nullable Metadata[timestamps.length];
      metadata[size] = extra;
    }
    size++;
  }

  /** Whether no more should be added. */
  public boolean isFull() {
    return size == timestamps.length || bytes >= MOST_BYTES;
  }

  public EdgeFormat format() {
    return format;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** The element; a {@code KV} where the edge is keyed. Decoded anew on every call. */
  public @Nullable Object element(int index) {
    return keys == null ? values.get(index) : KV.of(keys.get(index), values.get(index));
  }

  /** The hash that decided the element's key group. */
  public int keyHash(int index) {
    return keyHashes[index];
  }

  /**
   * The element's key in the form that hash tables compare: the key itself where keys travel as
   * objects, else {@code probe}, set to the encoded key and good until its next use.
   */
  public Object tableKey(int index, ByteKey probe) {
    Column column = keyColumn();
    if (column.encoded()) {
      probe.set(column.bytes(), column.start(index), column.end(index));
      return probe;
    }
    Object key = column.get(index);
    if (key == null) {
      throw new IllegalStateException("A key travels as an object and is null: " + format);
    }
    return key;
  }

  /** The element's key; decoded anew on every call where it is encoded. */
  public @Nullable Object key(int index) {
    return keyColumn().get(index);
  }

  /** The element without its key. */
  public @Nullable Object value(int index) {
    return values.get(index);
  }

  /** The array in which encoded values stand, between {@link #valueStart} and {@link #valueEnd}. */
  public byte[] valueBytes() {
    return values.bytes();
  }

  public int valueStart(int index) {
    return values.start(index);
  }

  public int valueEnd(int index) {
    return values.end(index);
  }

  public long timestampMillis(int index) {
    return timestamps[index];
  }

  public Instant timestamp(int index) {
    return Instant.ofEpochMilli(timestamps[index]);
  }

  /** In the flat form of {@link dev.trestle.runner.operator.Windows}. */
  public Object windows(int index) {
    return windows[index];
  }

  public PaneInfo pane(int index) {
    return panes == null ? PaneInfo.NO_FIRING : panes[index];
  }

  public @Nullable Metadata metadata(int index) {
    return metadata == null ? null : metadata[index];
  }

  Column valueColumn() {
    return values;
  }

  Column keyColumn() {
    if (keys == null) {
      throw new IllegalStateException("This edge has no keys");
    }
    return keys;
  }
}
