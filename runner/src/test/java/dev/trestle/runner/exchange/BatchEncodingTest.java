package dev.trestle.runner.exchange;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.state.ByteKey;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.apache.beam.sdk.values.CausedByDrain;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchEncodingTest {

  private static final IntervalWindow FIRST = window(0);
  private static final IntervalWindow SECOND = window(10);
  private static final PaneInfo EARLY = PaneInfo.createPane(true, false, Timing.EARLY);

  private static IntervalWindow window(long start) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(start + 10));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // coders of the test's own elements
  private static Batch roundTrip(Batch batch) {
    BatchEncoding encoding =
        new BatchEncoding(batch.format(), (Coder<BoundedWindow>) (Coder) IntervalWindow.getCoder());
    ByteSink sink = new ByteSink();
    encoding.write(batch, sink);
    ByteSource source = new ByteSource(sink.array(), 0, sink.size());
    Batch read = encoding.read(source);
    assertThat(source.available(), is(0));
    assertThat(read.size(), is(batch.size()));
    return read;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // coders of the test's own elements
  private static EdgeFormat format(boolean keyed, boolean keyByObject, boolean valueByObject) {
    return new EdgeFormat(
        keyed ? (Coder) StringUtf8Coder.of() : null,
        (Coder) NullableCoder.of(StringUtf8Coder.of()),
        keyByObject,
        valueByObject);
  }

  @Test
  void keepsAllThatAnElementCarries() {
    Metadata metadata = new Metadata("id", 7L, CausedByDrain.CAUSED_BY_DRAIN);
    Batch batch = new Batch(format(false, false, true));
    batch.add("a", at(-5), FIRST, PaneInfo.NO_FIRING, null);
    batch.add(null, BoundedWindow.TIMESTAMP_MIN_VALUE, window(0), EARLY, metadata);
    batch.add("c", at(3), List.of(FIRST, SECOND), PaneInfo.NO_FIRING, Metadata.DRAIN);
    Batch read = roundTrip(batch);
    assertThat(read.element(0), equalTo("a"));
    assertThat(read.timestampMillis(0), is(-5L));
    assertThat(read.windows(0), equalTo(FIRST));
    assertThat(read.pane(0), is(PaneInfo.NO_FIRING));
    assertThat(read.metadata(0), is(nullValue()));
    assertThat(read.element(1), is(nullValue()));
    assertThat(read.timestamp(1), is(BoundedWindow.TIMESTAMP_MIN_VALUE));
    assertThat(read.windows(1), sameInstance(read.windows(0)));
    assertThat(read.pane(1), is(EARLY));
    assertThat(read.metadata(1), is(metadata));
    assertThat(read.windows(2), equalTo(List.of(FIRST, SECOND)));
    assertThat(read.metadata(2), is(Metadata.DRAIN));
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void keepsKeyAndHash(boolean keyByObject, boolean valueByObject) {
    Batch batch = new Batch(format(true, keyByObject, valueByObject), 3);
    ByteKey encoded = new ByteKey(new byte[] {1, 'k'}, 0, 2);
    for (int hash : new int[] {-1, 0, 1 << 30}) {
      batch.addKeyed("k", encoded, hash, "v" + hash, at(hash), FIRST, PaneInfo.NO_FIRING, null);
    }
    assertThat(batch.isFull(), is(true));
    Batch read = roundTrip(batch);
    for (int i = 0; i < 3; i++) {
      assertThat(read.keyHash(i), is(batch.keyHash(i)));
      assertThat(read.key(i), equalTo("k"));
      assertThat(read.tableKey(i, new ByteKey()), equalTo(batch.tableKey(i, new ByteKey())));
      assertThat(read.value(i), equalTo(batch.value(i)));
      assertThat(read.timestamp(i), is(batch.timestamp(i)));
    }
  }

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }
}
