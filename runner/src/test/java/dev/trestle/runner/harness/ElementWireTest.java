package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.exchange.EncodedSequence;
import dev.trestle.translation.graph.Collection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class ElementWireTest {
  private static final Coder<String> KEYS = StringUtf8Coder.of();
  private static final Coder<Integer> VALUES = VarIntCoder.of();

  @Test
  void elementsAndPanesComeBack() throws IOException {
    List<PaneInfo> panes = new ArrayList<>(List.of(PaneInfo.ON_TIME_AND_ONLY_FIRING));
    for (Timing timing : List.of(Timing.EARLY, Timing.ON_TIME, Timing.LATE)) {
      panes.add(PaneInfo.createPane(true, false, timing, 0, timing == Timing.EARLY ? -1 : 0));
      panes.add(PaneInfo.createPane(false, false, timing, 3, timing == Timing.EARLY ? -1 : 2));
      panes.add(PaneInfo.createPane(false, true, timing, 300, timing == Timing.EARLY ? -1 : 300));
    }
    for (PaneInfo pane : panes) {
      WindowedValue<Integer> read = roundTrip(7, Instant.ofEpochMilli(-5), pane);
      assertThat(read.getPaneInfo(), equalTo(pane));
      assertThat(read.getTimestamp(), equalTo(Instant.ofEpochMilli(-5)));
      assertThat(read.getValue(), is(7));
    }
  }

  /** What most elements have is compared by identity further on. */
  @Test
  void mostUsualPaneIsTheOneThatEverybodyHas() throws IOException {
    assertThat(
        roundTrip(7, Instant.EPOCH, PaneInfo.NO_FIRING).getPaneInfo(),
        sameInstance(PaneInfo.NO_FIRING));
  }

  @Test
  void eachElementHasItsOwnTimestamp() throws IOException {
    ElementWire wire = wire(VALUES);
    ByteSink sink = new ByteSink();
    for (long millis : new long[] {5, 5, 6, 5}) {
      wire.write(1, Instant.ofEpochMilli(millis), GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, sink);
    }
    List<Long> read = new ArrayList<>();
    ByteSource source = new ByteSource(sink.array(), 0, sink.size());
    while (source.available() > 0) {
      wire.read(
          source, (value, timestamp, windows, pane, metadata) -> read.add(timestamp.getMillis()));
    }
    assertThat(read, contains(5L, 5L, 6L, 5L));
  }

  @Test
  void valuesThatAreEncodedAreWrittenAsTheirCoderDoes() throws IOException {
    assertWritten(VALUES, List.of(1, 200, 70_000));
    assertWritten(VALUES, List.of());
  }

  @Test
  void valuesOfAnotherCoderAreDecodedFirst() throws IOException {
    assertWritten(NullableCoder.of(VALUES), List.of(1, 200, 70_000));
  }

  @Test
  void valuesThatAreNotEncodedAreWrittenToo() throws IOException {
    Coder<?> coder = KvCoder.of(KEYS, IterableCoder.of(VALUES));
    KV<String, ?> element = KV.of("k", List.of(1, 200));
    assertThat(written(coder, element), equalTo(writtenByBeam(coder, element)));
  }

  /** Values that are kept encoded come out as a coder writes them, be it theirs or not. */
  private static void assertWritten(Coder<Integer> values, List<Integer> numbers)
      throws IOException {
    Coder<?> coder = KvCoder.of(KEYS, IterableCoder.of(values));
    Kept kept = new Kept(numbers);
    byte[] written = written(coder, KV.of("k", kept));
    assertThat(written, equalTo(writtenByBeam(coder, KV.of("k", numbers))));
    assertThat(kept.isDecoded, is(!values.equals(VALUES)));
  }

  private static byte[] written(Coder<?> coder, KV<String, ?> element) throws IOException {
    ByteSink sink = new ByteSink();
    wire(coder).write(element, Instant.EPOCH, GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, sink);
    return Arrays.copyOf(sink.array(), sink.size());
  }

  @SuppressWarnings("unchecked") // the elements fit the coder
  private static byte[] writtenByBeam(Coder<?> coder, KV<String, ?> element) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WindowedValues.FullWindowedValueCoder.of((Coder<Object>) coder, GlobalWindow.Coder.INSTANCE)
        .encode(
            WindowedValues.of(element, Instant.EPOCH, GlobalWindow.INSTANCE, PaneInfo.NO_FIRING),
            bytes);
    return bytes.toByteArray();
  }

  private static WindowedValue<Integer> roundTrip(int value, Instant timestamp, PaneInfo pane)
      throws IOException {
    ElementWire wire = wire(VALUES);
    ByteSink sink = new ByteSink();
    wire.write(value, timestamp, GlobalWindow.INSTANCE, pane, sink);
    List<WindowedValue<Integer>> read = new ArrayList<>();
    wire.read(
        new ByteSource(sink.array(), 0, sink.size()),
        (element, time, windows, readPane, metadata) ->
            read.add(WindowedValues.of((Integer) element, time, GlobalWindow.INSTANCE, readPane)));
    return read.get(0);
  }

  private static ElementWire wire(Coder<?> coder) {
    return new ElementWire(new Collection("c", coder, WindowingStrategy.globalDefault(), true));
  }

  /** Numbers that are kept encoded. */
  private static final class Kept extends AbstractCollection<Object> implements EncodedSequence {
    private final List<Integer> numbers;
    private boolean isDecoded;

    Kept(List<Integer> numbers) {
      this.numbers = numbers;
    }

    @Override
    @SuppressWarnings("unchecked") // its elements are numbers
    public Coder<Object> coder() {
      return (Coder<Object>) (Coder<?>) VarIntCoder.of();
    }

    @Override
    public void writeTo(ByteSink target) {
      try {
        for (int number : numbers) {
          VALUES.encode(number, target);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Iterator<Object> iterator() {
      isDecoded = true;
      return List.<Object>copyOf(numbers).iterator();
    }

    @Override
    public int size() {
      return numbers.size();
    }
  }
}
