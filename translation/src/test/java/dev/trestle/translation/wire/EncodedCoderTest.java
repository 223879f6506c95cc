package dev.trestle.translation.wire;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.TimestampPrefixingWindowCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow.IntervalWindowCoder;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.ShardedKey;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** What Beam writes is cut where Beam's value ends, whatever comes behind it. */
class EncodedCoderTest {
  private static final int TIMES = 200;

  private final Random random = new Random(1);

  private <T> void assertCut(Coder<T> coder, Function<Random, T> values) throws IOException {
    assertCut(coder, TIMES, values);
  }

  private <T> void assertCut(Coder<T> coder, int times, Function<Random, T> values)
      throws IOException {
    EncodedCoder cutting = Wire.empty().encoded(coder);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    List<byte[]> expected = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      int before = written.size();
      coder.encode(values.apply(random), written);
      expected.add(Arrays.copyOfRange(written.toByteArray(), before, written.size()));
    }
    ByteArrayInputStream in = new ByteArrayInputStream(written.toByteArray());
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    for (byte[] value : expected) {
      Encoded cut = cutting.decode(in);
      assertThat(cut, equalTo(new Encoded(value)));
      cutting.encode(cut, again);
    }
    assertThat(in.available(), is(0));
    assertThat(again.toByteArray(), equalTo(written.toByteArray()));
  }

  private static String text(Random random) {
    return "x".repeat(random.nextInt(3) * random.nextInt(100));
  }

  private static IntervalWindow window(Random random) {
    Instant start = instant(random);
    return new IntervalWindow(start, start.plus(Duration.millis(1L + random.nextInt(100_000))));
  }

  private static Instant instant(Random random) {
    return Instant.ofEpochMilli(random.nextInt(1_000_000) - 500_000L);
  }

  private static PaneInfo pane(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> PaneInfo.NO_FIRING;
      case 1 -> PaneInfo.createPane(false, true, PaneInfo.Timing.EARLY, 300, -1);
      default -> PaneInfo.createPane(false, false, PaneInfo.Timing.LATE, 500, 200);
    };
  }

  private static <T> List<T> several(Random random, Function<Random, T> value) {
    List<T> values = new ArrayList<>();
    for (int left = random.nextInt(4); left > 0; left--) {
      values.add(value.apply(random));
    }
    return values;
  }

  @Test
  void atoms() throws IOException {
    assertCut(StringUtf8Coder.of(), EncodedCoderTest::text);
    assertCut(ByteArrayCoder.of(), any -> text(any).getBytes(StandardCharsets.UTF_8));
    assertCut(BooleanCoder.of(), Random::nextBoolean);
    assertCut(VarLongCoder.of(), any -> any.nextLong() >> any.nextInt(Long.SIZE));
    assertCut(DoubleCoder.of(), Random::nextDouble);
    assertCut(GlobalWindow.Coder.INSTANCE, any -> GlobalWindow.INSTANCE);
    assertCut(IntervalWindowCoder.of(), EncodedCoderTest::window);
  }

  @Test
  void composites() throws IOException {
    assertCut(
        KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()),
        any -> KV.of(text(any), any.nextLong()));
    assertCut(NullableCoder.of(StringUtf8Coder.of()), any -> any.nextBoolean() ? null : text(any));
    assertCut(
        ShardedKey.Coder.of(StringUtf8Coder.of()),
        any -> ShardedKey.of(text(any), new byte[any.nextInt(4)]));
    assertCut(TimestampPrefixingWindowCoder.of(IntervalWindowCoder.of()), EncodedCoderTest::window);
    assertCut(LengthPrefixCoder.of(VarIntCoder.of()), Random::nextInt);
  }

  @Test
  void iterablesWithAndWithoutTheirSize() throws IOException {
    Coder<Iterable<String>> coder = IterableCoder.of(StringUtf8Coder.of());
    assertCut(coder, any -> several(any, EncodedCoderTest::text));
    assertCut(
        coder,
        any -> {
          List<String> values = several(any, EncodedCoderTest::text);
          return () -> values.iterator();
        });
    assertCut(
        coder,
        2,
        any -> {
          List<String> many = Collections.nCopies(20_000, "many blocks");
          return () -> many.iterator();
        });
  }

  @Test
  void timers() throws IOException {
    assertCut(
        Timer.Coder.of(StringUtf8Coder.of(), IntervalWindowCoder.of()),
        any ->
            any.nextBoolean()
                ? Timer.cleared(text(any), text(any), List.of(window(any)))
                : Timer.of(
                    text(any),
                    text(any),
                    several(any, EncodedCoderTest::window),
                    instant(any),
                    instant(any),
                    pane(any),
                    CausedByDrain.NORMAL));
  }

  @Test
  void windowedValues() throws IOException {
    assertCut(
        WindowedValues.getFullCoder(StringUtf8Coder.of(), IntervalWindowCoder.of()),
        any ->
            WindowedValues.of(
                text(any), instant(any), List.of(window(any), window(any)), pane(any)));
    assertCut(
        WindowedValues.ParamWindowedValueCoder.of(StringUtf8Coder.of()),
        any -> WindowedValues.valueInGlobalWindow(text(any)));
  }

  @Test
  void rows() throws IOException {
    Schema inner =
        Schema.builder().addStringField("s").addNullableField("n", Schema.FieldType.INT64).build();
    Schema schema =
        Schema.builder()
            .addByteField("byte")
            .addInt16Field("int16")
            .addInt32Field("int32")
            .addInt64Field("int64")
            .addFloatField("float")
            .addDoubleField("double")
            .addStringField("string")
            .addBooleanField("boolean")
            .addByteArrayField("bytes")
            .addDateTimeField("time")
            .addDecimalField("decimal")
            .addRowField("row", inner)
            .addNullableField("absent", Schema.FieldType.STRING)
            .addArrayField("array", Schema.FieldType.STRING.withNullable(true))
            .addIterableField("iterable", Schema.FieldType.INT32)
            .addMapField("map", Schema.FieldType.STRING, Schema.FieldType.INT64.withNullable(true))
            .addLogicalTypeField("micros", new MicrosInstant())
            .build();
    assertCut(
        RowCoder.of(schema),
        any -> {
          Map<String, Long> map = new HashMap<>();
          map.put(text(any), null);
          map.put("y", 5L);
          return Row.withSchema(schema)
              .addValues((byte) 1, (short) -2, any.nextInt(), any.nextLong(), 1f, 2.0, text(any))
              .addValues(any.nextBoolean(), new byte[any.nextInt(5)])
              .addValues(instant(any), new BigDecimal("1234567890123.5"))
              .addValues(
                  Row.withSchema(inner).addValues(text(any), any.nextBoolean() ? null : 7L).build())
              .addValue(any.nextBoolean() ? null : text(any))
              .addArray(Arrays.asList("a", null, text(any)))
              .addIterable(several(any, Random::nextInt))
              .addValue(map)
              .addValue(java.time.Instant.ofEpochSecond(5, 7_000))
              .build();
        });
  }

  @Test
  void whatOnlyAnSdkKnowsHasItsLengthInFront() throws IOException {
    assertCutPrefixed(VoidCoder.of(), null, "length_prefix(javasdk:0.1)");
    assertCutPrefixed(InstantCoder.of(), Instant.EPOCH, "length_prefix(javasdk:0.1)");
  }

  private static <T> void assertCutPrefixed(Coder<T> coder, T value, String format)
      throws IOException {
    EncodedCoder cutting = Wire.empty().encoded(coder);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    LengthPrefixCoder.of(coder).encode(value, wire);
    Encoded cut = cutting.decode(new ByteArrayInputStream(wire.toByteArray()));
    assertThat(cut, equalTo(new Encoded(wire.toByteArray())));
    assertThat(cutting, hasToString(format));
  }

  @Test
  void valuesThatEndTooEarlyAreAnError() throws IOException {
    EncodedCoder coder = Wire.empty().encoded(StringUtf8Coder.of());
    byte[] huge = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 5, 'a'};
    assertThrows(
        EOFException.class, () -> coder.decode(new ByteArrayInputStream(new byte[] {3, 'a'})));
    assertThrows(EOFException.class, () -> coder.decode(new ByteArrayInputStream(huge)));
    assertThrows(EOFException.class, () -> coder.decode(new ByteArrayInputStream(new byte[0])));
  }

  @Test
  void impossibleLengthsAreAnError() throws IOException {
    EncodedCoder coder = Wire.empty().encoded(StringUtf8Coder.of());
    byte[] negative = new byte[10];
    Arrays.fill(negative, (byte) 0xff);
    negative[9] = 1;
    byte[] endless = new byte[20];
    Arrays.fill(endless, (byte) 0xff);
    assertThrows(IOException.class, () -> coder.decode(new ByteArrayInputStream(negative)));
    assertThrows(IOException.class, () -> coder.decode(new ByteArrayInputStream(endless)));
  }

  @Test
  void rowWithMoreFieldsThanItsSchemaIsAnError() throws IOException {
    EncodedCoder coder =
        Wire.empty().encoded(RowCoder.of(Schema.builder().addStringField("s").build()));
    assertThrows(
        IOException.class, () -> coder.decode(new ByteArrayInputStream(new byte[] {2, 0, 0, 0})));
  }

  @Test
  void equalFormatsAreEqualCodersAlsoInAnotherProcess() throws IOException {
    EncodedCoder coder = Wire.empty().encoded(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()));
    assertThat(SerializableUtils.clone(coder), equalTo(coder));
    assertThat(Wire.empty().encoded(StringUtf8Coder.of()), not(equalTo(coder)));
  }
}
