package dev.trestle.translation.wire;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.startsWith;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
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
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class ElementTextTest {

  private static <T> String text(Coder<T> coder, T value) throws IOException {
    SdkComponents components = SdkComponents.create();
    String id = components.registerCoder(coder);
    return new ElementText(components.toComponents().getCodersMap()).of(encoded(coder, value), id);
  }

  private static <T> byte[] encoded(Coder<T> coder, T value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    coder.encode(value, bytes);
    return bytes.toByteArray();
  }

  @Test
  void valuesOfTheModelAreReadable() throws IOException {
    assertThat(text(StringUtf8Coder.of(), "a \"b\"\n\u00e4"), is("\"a \\\"b\\\"\\u000a\u00e4\""));
    assertThat(text(VarLongCoder.of(), -7L), is("-7"));
    assertThat(text(BooleanCoder.of(), true), is("true"));
    assertThat(text(DoubleCoder.of(), 1.5), is("1.5"));
    assertThat(text(ByteArrayCoder.of(), new byte[] {'a', 0, '"', -1}), is("b\"a\\x00\\\"\\xff\""));
    assertThat(text(NullableCoder.of(StringUtf8Coder.of()), null), is("null"));
    assertThat(
        text(
            KvCoder.of(
                StringUtf8Coder.of(), IterableCoder.of(LengthPrefixCoder.of(VarLongCoder.of()))),
            KV.of("k", List.of(1L, 2L))),
        is("(\"k\", [1, 2])"));
  }

  @Test
  void rowsTellTheirFields() throws IOException {
    Schema schema =
        Schema.builder()
            .addStringField("name")
            .addInt64Field("age")
            .addNullableStringField("leg")
            .addBooleanField("captain")
            .build();
    assertThat(
        text(
            RowCoder.of(schema), Row.withSchema(schema).addValues("Ahab", 58L, null, true).build()),
        is("{name: \"Ahab\", age: 58, leg: null, captain: true}"));
  }

  @Test
  void whatOnlyAnSdkKnowsIsShownAsBytes() throws IOException {
    assertThat(
        text(InstantCoder.of(), new Instant(0)),
        is("b\"\\x80\\x00\\x00\\x00\\x00\\x00\\x00\\x00\""));
    assertThat(
        text(
            KvCoder.of(LengthPrefixCoder.of(InstantCoder.of()), VarLongCoder.of()),
            KV.of(new Instant(0), 9L)),
        is("(b\"\\x80\\x00\\x00\\x00\\x00\\x00\\x00\\x00\", 9)"));
  }

  /** Of a pickled key nobody knows where the value behind it begins. */
  @Test
  void elementWhosePartsCannotBeToldApartIsShownAsBytes() {
    Components components =
        Components.newBuilder()
            .putCoders("kv", coder(ModelCoders.KV_CODER_URN, "pickled", "number"))
            .putCoders("pickled", coder("beam:coder:pickled_python:v1"))
            .putCoders("number", coder(ModelCoders.INT64_CODER_URN))
            .build();
    ElementText text = new ElementText(components.getCodersMap());
    assertThat(text.of(new byte[] {'k', 3}, "kv"), is("b\"k\\x03\""));
    assertThat(text.of(new byte[] {'k'}, "nowhere"), is("b\"k\""));
  }

  /** A length from outside must not decide how much memory is taken. */
  @Test
  void impossibleLengthsAndCountsAreShownAsBytes() {
    Components components =
        Components.newBuilder()
            .putCoders("string", coder(ModelCoders.STRING_UTF8_CODER_URN))
            .putCoders("strings", coder(ModelCoders.ITERABLE_CODER_URN, "string"))
            .putCoders("many", coder(ModelCoders.ITERABLE_CODER_URN, "nowhere"))
            .putCoders("half", coder(ModelCoders.KV_CODER_URN, "string"))
            .build();
    ElementText text = new ElementText(components.getCodersMap());
    byte[] huge = {-1, -1, -1, -1, 7, 'a'};
    byte[] most = {127, -1, -1, -1};
    assertThat(text.of(huge, "string"), is("b\"\\xff\\xff\\xff\\xff\\x07a\""));
    assertThat(text.of(most, "strings"), is("b\"\\x7f\\xff\\xff\\xff\""));
    assertThat(text.of(most, "many"), startsWith("[b\"\", b\"\", "));
    assertThat(text.of(new byte[] {1, 'a'}, "half"), is("b\"\\x01a\""));
  }

  private static RunnerApi.Coder coder(String urn, String... parts) {
    return RunnerApi.Coder.newBuilder()
        .setSpec(FunctionSpec.newBuilder().setUrn(urn))
        .addAllComponentCoderIds(List.of(parts))
        .build();
  }

  @Test
  void longElementsAreShortened() throws IOException {
    for (String text :
        List.of(
            text(StringUtf8Coder.of(), "x".repeat(100_000)),
            text(ByteArrayCoder.of(), new byte[100_000]),
            text(IterableCoder.of(StringUtf8Coder.of()), Collections.nCopies(10_000, "x")))) {
      assertThat(text.length(), lessThan(600));
      assertThat(text, endsWith("..."));
    }
    assertThat(text(StringUtf8Coder.of(), "x".repeat(1000)), startsWith("\"xxx"));
  }
}
