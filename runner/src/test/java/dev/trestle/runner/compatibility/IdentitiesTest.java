package dev.trestle.runner.compatibility;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

final class IdentitiesTest {

  private static final Coder<Long> LONGS = VarLongCoder.of();
  private static final Coder<String> TEXT = StringUtf8Coder.of();

  @Test
  void coderThatBeamKnowsIsItsComponents() {
    assertSame(KvCoder.of(LONGS, TEXT), KvCoder.of(VarLongCoder.of(), StringUtf8Coder.of()));
    assertDiffer(KvCoder.of(LONGS, TEXT), KvCoder.of(TEXT, LONGS));
    assertDiffer(IterableCoder.of(LONGS), IterableCoder.of(TEXT));
    assertDiffer(LONGS, TEXT);
  }

  @Test
  void ownCoderIsItsClassAndWhatItHolds() {
    assertSame(new Scaled(10, LONGS), new Scaled(10, LONGS));
    assertDiffer(new Scaled(10, LONGS), new Scaled(100, LONGS));
    assertDiffer(new Scaled(10, LONGS), new Scaled(10, KvCoder.of(LONGS, LONGS)));
    assertSame(KvCoder.of(LONGS, new Scaled(10, LONGS)), KvCoder.of(LONGS, new Scaled(10, LONGS)));
    assertDiffer(KvCoder.of(LONGS, new Scaled(1, TEXT)), KvCoder.of(LONGS, new Scaled(2, TEXT)));
  }

  @Test
  void numbersOfLambdasDoNotMatter() {
    SerializableFunction<Long, Long> one = n -> n + 1;
    SerializableFunction<Long, Long> other = n -> n + 1;
    assertThat(StableForm.of(one), is(StableForm.of(other)));
  }

  @Test
  void serialVersionIsOfNoMatterButForSerializableObjects() {
    assertDiffer(SerializableCoder.of(First.class), SerializableCoder.of(Second.class));
    assertThat(Identities.ofClass(First.class), is(First.class.getName() + " 1"));
    assertThat(Identities.ofClass(Runnable.class), is(Runnable.class.getName() + " 0"));
    byte[] form = StableForm.of(new First());
    String text = new String(form, StandardCharsets.ISO_8859_1);
    assertThat(text.contains(First.class.getName()), is(true));
  }

  @Test
  void schemaIsItsFieldsWithoutIds() {
    Schema inner = Schema.builder().addInt64Field("n").build();
    assertSame(RowCoder.of(withIds(inner)), RowCoder.of(withIds(inner)));
    assertSame(
        new Scaled(1, RowCoder.of(withIds(inner))), new Scaled(1, RowCoder.of(withIds(inner))));
    assertDiffer(
        RowCoder.of(inner), RowCoder.of(Schema.builder().addNullableInt64Field("n").build()));
  }

  private static Schema withIds(Schema inner) {
    Schema copy = Schema.builder().addFields(inner.getFields()).build();
    copy.setUUID(UUID.randomUUID());
    Schema.FieldType row = Schema.FieldType.row(copy);
    Schema outer =
        Schema.builder()
            .addRowField("row", copy)
            .addArrayField("array", row)
            .addMapField("map", Schema.FieldType.STRING, row)
            .addIterableField("iterable", row)
            .build();
    outer.setUUID(UUID.randomUUID());
    return outer;
  }

  @Test
  void windowingIsAllOfTheStrategy() {
    WindowingStrategy<?, ?> hours = windows(FixedWindows.of(Duration.standardHours(1)));
    assertThat(identity(hours), is(identity(windows(FixedWindows.of(Duration.standardHours(1))))));
    assertThat(identity(hours), not(identity(windows(FixedWindows.of(Duration.standardHours(2))))));
    assertThat(
        identity(hours), not(identity(hours.withAllowedLateness(Duration.standardHours(2)))));
    assertThat(
        identity(hours),
        not(identity(hours.withTrigger(Repeatedly.forever(AfterPane.elementCountAtLeast(3))))));
  }

  @Test
  void ownWindowsAreTheirClassAndWhatTheyHold() {
    assertThat(identity(windows(new Own(1))), is(identity(windows(new Own(1)))));
    assertThat(identity(windows(new Own(1))), not(identity(windows(new Own(2)))));
  }

  private static WindowingStrategy<?, ?> windows(WindowFn<?, ?> fn) {
    return WindowingStrategy.of(fn);
  }

  private static String identity(WindowingStrategy<?, ?> strategy) {
    return Identities.windowing(strategy).identity();
  }

  private static void assertSame(Coder<?> one, Coder<?> other) {
    assertThat(Identities.ofCoder(one), is(Identities.ofCoder(other)));
  }

  private static void assertDiffer(Coder<?> one, Coder<?> other) {
    assertThat(Identities.ofCoder(one), not(Identities.ofCoder(other)));
  }

  private static final class First implements Serializable {
    private static final long serialVersionUID = 1;
  }

  private static final class Second implements Serializable {
    private static final long serialVersionUID = 2;
  }

  private static final class Scaled extends CustomCoder<Long> {
    private static final long serialVersionUID = 1;
    private final long scale;
    private final Coder<?> inner;

    Scaled(long scale, Coder<?> inner) {
      this.scale = scale;
      this.inner = inner;
    }

    @Override
    public void encode(Long value, OutputStream out) {
      throw new UnsupportedOperationException(inner + " " + scale);
    }

    @Override
    public Long decode(InputStream in) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Own extends PartitioningWindowFn<Object, GlobalWindow> {
    private static final long serialVersionUID = 1;
    private final int number;

    Own(int number) {
      this.number = number;
    }

    @Override
    public GlobalWindow assignWindow(Instant timestamp) {
      throw new UnsupportedOperationException("number " + number);
    }

    @Override
    public boolean isCompatible(WindowFn<?, ?> other) {
      return equals(other);
    }

    @Override
    public Coder<GlobalWindow> windowCoder() {
      return GlobalWindow.Coder.INSTANCE;
    }
  }
}
