package dev.trestle.translation.wire;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class ScriptElementsTest {
  private final Wire wire = Wire.empty();

  private static byte[] nested(Coder<String> coder, String value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    coder.encode(value, bytes);
    return bytes.toByteArray();
  }

  /** The elements of a script, as they are written to the wire. */
  private List<Object> read(String coderId, byte[]... elements) throws IOException {
    TestStreamPayload.Event.AddElements.Builder add =
        TestStreamPayload.Event.AddElements.newBuilder();
    for (byte[] element : elements) {
      add.addElementsBuilder().setEncodedElement(ByteString.copyFrom(element)).setTimestamp(7);
    }
    TestStreamPayload payload =
        TestStreamPayload.newBuilder()
            .setCoderId(coderId)
            .addEvents(TestStreamPayload.Event.newBuilder().setElementEvent(add))
            .build();
    TestStream<?> script =
        new ScriptElements(coderId, wire.protos, wire.coders)
            .read(payload, wire.coders.elements(wire.coders.wire(coderId)));
    List<Object> values = new ArrayList<>();
    ((TestStream.ElementEvent<?>) script.getEvents().get(0))
        .getElements()
        .forEach(element -> values.add(element.getValue()));
    return values;
  }

  private static Encoded encoded(int... bytes) {
    byte[] array = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    return new Encoded(array);
  }

  @Test
  void bareStringsGetTheirLength() throws IOException {
    String id = wire.add(StringUtf8Coder.of());
    Coder<String> coder = StringUtf8Coder.of();

    assertThat(
        read(
            id,
            CoderUtils.encodeToByteArray(coder, "a"),
            CoderUtils.encodeToByteArray(coder, "\u0001b")),
        contains(encoded(1, 'a'), encoded(2, 1, 'b')));
  }

  @Test
  void stringsThatAllHaveTheirLengthKeepIt() throws IOException {
    String id = wire.add(StringUtf8Coder.of());
    Coder<String> coder = StringUtf8Coder.of();

    assertThat(
        read(id, nested(coder, "a"), nested(coder, "bc")),
        contains(encoded(1, 'a'), encoded(2, 'b', 'c')));
  }

  @Test
  void whatOnlyTheSdkKnowsGetsALength() throws IOException {
    String id = wire.add(VarIntCoder.of());

    assertThat(
        read(id, CoderUtils.encodeToByteArray(VarIntCoder.of(), 300)),
        contains(encoded(2, 0xac, 2)));
  }

  @Test
  void numbersAreAsTheyAre() throws IOException {
    String id = wire.add(VarLongCoder.of());

    assertThat(
        read(id, CoderUtils.encodeToByteArray(VarLongCoder.of(), 300L)),
        contains(encoded(0xac, 2)));
  }

  @Test
  void lastPartOfAPairGetsItsLength() throws IOException {
    KvCoder<String, String> coder = KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());
    String id = wire.add(coder);

    assertThat(
        read(id, CoderUtils.encodeToByteArray(coder, KV.of("k", "v"))),
        contains(KV.of(encoded(1, 'k'), encoded(1, 'v'))));
  }

  @Test
  void keysThatCannotBeCutOffAreRefused() throws IOException {
    String id = wire.add(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()));

    IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> read(id));
    assertThat(thrown.getMessage(), containsString("the keys of a test stream"));
  }

  @Test
  void eventOfNoKindIsAnError() throws IOException {
    String id = wire.add(VarLongCoder.of());
    TestStreamPayload payload =
        TestStreamPayload.newBuilder()
            .addEvents(TestStreamPayload.Event.getDefaultInstance())
            .build();

    assertThrows(
        IOException.class,
        () ->
            new ScriptElements(id, wire.protos, wire.coders)
                .read(payload, wire.coders.elements(id)));
  }
}
