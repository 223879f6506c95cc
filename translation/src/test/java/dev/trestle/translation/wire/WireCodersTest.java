package dev.trestle.translation.wire;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.SchemaApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow.IntervalWindowCoder;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.junit.jupiter.api.Test;

class WireCodersTest {
  private final Wire wire = Wire.empty();

  @Test
  void coderOfTheModelStandsForItself() throws IOException {
    String id = wire.add(KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarLongCoder.of())));

    assertThat(wire.coders.wire(id), is(id));
  }

  @Test
  void onlyTheUnknownPartIsPrefixed() throws IOException {
    String id = wire.add(KvCoder.of(StringUtf8Coder.of(), NullableCoder.of(VarIntCoder.of())));

    assertThat(
        wire.coders.elements(wire.coders.wire(id)),
        hasToString("KvCoder(string_utf8,nullable(length_prefix(javasdk:0.1)))"));
  }

  @Test
  void prefixedPartIsLeftAlone() {
    wire.add("unknown", "odd:coder:v1");
    String id = wire.add("prefixed", ModelCoders.LENGTH_PREFIX_CODER_URN, "unknown");

    assertThat(wire.coders.wire(id), is(id));
    assertThat(wire.coders.encoded(id), hasToString("length_prefix(odd:coder)"));
  }

  @Test
  void equalCodersHaveOneId() {
    wire.add("one", "odd:coder:v1");
    wire.add("pair1", ModelCoders.KV_CODER_URN, "one", "one");
    wire.add("pair2", ModelCoders.KV_CODER_URN, "one", "one");

    assertThat(wire.coders.wire("pair1"), is(wire.coders.wire("pair2")));
  }

  @Test
  void groupsAreSplitIntoElements() throws IOException {
    String id = wire.add(KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarLongCoder.of())));

    assertThat(wire.coders.elements(id), hasToString("KvCoder(string_utf8,IterableCoder(varint))"));
    assertThat(
        wire.coders.elements(wire.coders.ungrouped(id)),
        hasToString("KvCoder(string_utf8,varint)"));
  }

  @Test
  void iterablesStayIterablesWhenTheyAreGrouped() throws IOException {
    Coder<?> ungrouped =
        KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(IterableCoder.of(VarLongCoder.of())));
    String id = wire.add(ungrouped);
    assertThat(
        wire.coders.elements(id),
        hasToString("KvCoder(string_utf8,IterableCoder(IterableCoder(varint)))"));
    assertThat(
        wire.coders.elements(wire.coders.ungrouped(id)),
        hasToString("KvCoder(string_utf8,IterableCoder(varint))"));
  }

  @Test
  void groupsThatAreNoneAreRefused() throws IOException {
    String id = wire.add(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()));

    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> wire.coders.ungrouped(id));
    assertThat(thrown.getMessage(), containsString("kv(string_utf8,varint)"));
  }

  @Test
  void windowsThatNobodyKnowsArePrecededByTheirTimestamp() throws IOException {
    wire.add("unknown", "odd:coder:v1");
    String interval = wire.add(IntervalWindowCoder.of());

    assertThat(wire.coders.wireWindow(interval), is(interval));
    assertThat(
        wire.coders.encoded(wire.coders.wireWindow("unknown")),
        hasToString("custom_window(length_prefix(odd:coder))"));
  }

  @Test
  void timersHaveTheirKeyAndWindowOnTheWire() throws IOException {
    wire.add("unknown", "odd:coder:v1");
    wire.add("timer", ModelCoders.TIMER_CODER_URN, "unknown", wire.add(IntervalWindowCoder.of()));

    assertThat(
        wire.coders.encoded(wire.coders.wireTimer("timer")),
        hasToString("timer(length_prefix(odd:coder),interval_window)"));
    assertThrows(IllegalArgumentException.class, () -> wire.coders.wireTimer("unknown"));
  }

  @Test
  void rowWithAFieldThatOnlyItsSdkKnowsIsPrefixed() {
    SchemaApi.Schema.Builder schema = SchemaApi.Schema.newBuilder();
    schema.addFieldsBuilder().getTypeBuilder().getLogicalTypeBuilder().setUrn("odd:type:v1");
    wire.protos.putCoders(
        "row",
        RunnerApi.Coder.newBuilder()
            .setSpec(
                FunctionSpec.newBuilder()
                    .setUrn(ModelCoders.ROW_CODER_URN)
                    .setPayload(schema.build().toByteString()))
            .build());

    assertThat(wire.coders.encoded(wire.coders.wire("row")), hasToString("length_prefix(row)"));
  }

  @Test
  void coderThatConsistsOfItselfIsMalformed() {
    wire.add("circle", ModelCoders.NULLABLE_CODER_URN, "circle");

    assertThrows(IllegalArgumentException.class, () -> wire.coders.wire("circle"));
  }

  @Test
  void coderWithoutItsPartsIsMalformed() {
    wire.add("half", ModelCoders.KV_CODER_URN);

    assertThrows(IllegalArgumentException.class, () -> wire.coders.elements("half"));
  }
}
