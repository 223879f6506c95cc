package dev.trestle.runner.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.OrderedListRange;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;

/** What one state key of a worker's stands for, of the current key. */
sealed interface UserCell {

  /** What is there now; later changes do not show. */
  Pages read();

  void append(ByteString data) throws IOException;

  void clear();

  /** Values one behind the other. */
  record Bag(BagState<byte[]> state) implements UserCell {

    @Override
    public Pages read() {
      return new Pages(state.read(), UserCell::writeAsItIs);
    }

    @Override
    public void append(ByteString data) {
      state.add(data.toByteArray());
    }

    @Override
    public void clear() {
      state.clear();
    }
  }

  /** The values of one key of a map. */
  record MapValues(MultimapState<byte[], byte[]> state, ByteString mapKey) implements UserCell {

    @Override
    public Pages read() {
      return new Pages(state.get(mapKey.toByteArray()).read(), UserCell::writeAsItIs);
    }

    @Override
    public void append(ByteString data) {
      state.put(mapKey.toByteArray(), data.toByteArray());
    }

    @Override
    public void clear() {
      state.remove(mapKey.toByteArray());
    }
  }

  /** The keys of a map; to clear them clears the map. */
  record MapKeys(MultimapState<byte[], byte[]> state) implements UserCell {

    @Override
    public Pages read() {
      return new Pages(state.keys().read(), UserCell::writeAsItIs);
    }

    @Override
    public void append(ByteString data) throws IOException {
      throw new IOException("Keys of a map cannot be appended");
    }

    @Override
    public void clear() {
      state.clear();
    }
  }

  /** The keys of a map and the values of each, for those who want all at once. */
  record MapEntries(MultimapState<byte[], byte[]> state, ValueCounter counter) implements UserCell {

    /** A key, and its values as they were appended. */
    private record Entry(ByteString key, ByteString values) {}

    @Override
    public Pages read() {
      List<Entry> entries = new ArrayList<>();
      for (byte[] key : state.keys().read()) {
        ByteString.Output values = ByteString.newOutput();
        for (byte[] some : state.get(key).read()) {
          values.write(some, 0, some.length);
        }
        entries.add(new Entry(ByteString.copyFrom(key), values.toByteString()));
      }
      return new Pages(entries, this::write);
    }

    /** A key and an iterable, which begins with the number of its values. */
    private void write(Entry entry, OutputStream out) throws IOException {
      entry.key.writeTo(out);
      BigEndianIntegerCoder.of().encode(counter.count(entry.values), out);
      entry.values.writeTo(out);
    }

    @Override
    public void append(ByteString data) throws IOException {
      throw new IOException("Entries of a map are appended key by key");
    }

    @Override
    public void clear() {
      state.clear();
    }
  }

  /** Values with sort keys, of a range of these. */
  record Sorted(OrderedListState<byte[]> state, OrderedListRange range) implements UserCell {

    @Override
    public Pages read() {
      return new Pages(state.readRange(from(), to()), Sorted::write);
    }

    /** A value as workers write it: sort key, length, value. */
    private static void write(TimestampedValue<byte[]> entry, OutputStream out) throws IOException {
      VarLongCoder.of().encode(entry.getTimestamp().getMillis(), out);
      ByteArrayCoder.of().encode(entry.getValue(), out);
    }

    @Override
    public void append(ByteString data) throws IOException {
      InputStream in = data.newInput();
      while (in.available() > 0) {
        Instant sortKey = Instant.ofEpochMilli(VarLongCoder.of().decode(in));
        state.add(TimestampedValue.of(ByteArrayCoder.of().decode(in), sortKey));
      }
    }

    @Override
    public void clear() {
      state.clearRange(from(), to());
    }

    private Instant from() {
      return Instant.ofEpochMilli(range.getStart());
    }

    private Instant to() {
      return Instant.ofEpochMilli(range.getEnd());
    }
  }

  private static void writeAsItIs(byte[] value, OutputStream out) throws IOException {
    out.write(value);
  }
}
