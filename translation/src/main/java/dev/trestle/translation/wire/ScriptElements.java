package dev.trestle.translation.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.ComponentsOrBuilder;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload.TimestampedElement;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The elements of a test stream. They are encoded as if nothing came behind them, so that a length
 * in front of the last part may be missing; and an SDK may think otherwise. Strings, bytes and
 * values that have a length anyway are taken to have one if every element of the stream looks so.
 */
final class ScriptElements {

  /** What is known of the end of an element. */
  private enum Tail {
    /** It is as it would be anywhere. */
    COMPLETE,
    /** Its length is missing, unless all elements look otherwise. */
    UNCERTAIN,
    /** Its length is missing. */
    BARE
  }

  private static final Set<String> PREFIXED =
      Set.of(
          ModelCoders.BYTES_CODER_URN,
          ModelCoders.STRING_UTF8_CODER_URN,
          ModelCoders.LENGTH_PREFIX_CODER_URN);

  private final List<Skipper> before = new ArrayList<>();
  private final Tail tail;

  /**
   * Elements of a coder.
   *
   * @param coder its id, not on the wire
   * @throws IllegalArgumentException if they cannot be read
   */
  ScriptElements(String coder, ComponentsOrBuilder protos, WireCoders coders) {
    String last = coder;
    while (coders.urn(last).equals(ModelCoders.KV_CODER_URN)) {
      String key = coders.component(last, 0);
      if (!coders.wire(key).equals(key)) {
        throw new IllegalArgumentException(
            "the keys of a test stream have a coder that only the SDK knows, "
                + coders.urn(key)
                + "; use a key type that all SDKs have");
      }
      before.add(SkipperFactory.of(key, protos));
      last = coders.component(last, 1);
    }
    String urn = coders.urn(last);
    if (PREFIXED.contains(urn)) {
      tail = Tail.UNCERTAIN;
    } else {
      tail = coders.knows(last) ? Tail.COMPLETE : Tail.BARE;
    }
  }

  /**
   * Reads a script.
   *
   * @param coder reads elements from the wire
   */
  <T> TestStream<T> read(TestStreamPayload payload, Coder<T> coder) throws IOException {
    boolean bare = tail == Tail.BARE || (tail == Tail.UNCERTAIN && !allHaveLength(payload));
    List<TestStream.Event<T>> events = new ArrayList<>();
    for (TestStreamPayload.Event event : payload.getEventsList()) {
      switch (event.getEventCase()) {
        case WATERMARK_EVENT ->
            events.add(
                TestStream.WatermarkEvent.advanceTo(
                    Instant.ofEpochMilli(event.getWatermarkEvent().getNewWatermark())));
        case PROCESSING_TIME_EVENT ->
            events.add(
                TestStream.ProcessingTimeEvent.advanceBy(
                    Duration.millis(event.getProcessingTimeEvent().getAdvanceDuration())));
        case ELEMENT_EVENT -> {
          List<TimestampedValue<T>> elements = new ArrayList<>();
          for (TimestampedElement element : event.getElementEvent().getElementsList()) {
            byte[] wire = onWire(element.getEncodedElement().toByteArray(), bare);
            elements.add(
                TimestampedValue.of(
                    coder.decode(new ByteArrayInputStream(wire)),
                    Instant.ofEpochMilli(element.getTimestamp())));
          }
          events.add(TestStream.ElementEvent.add(elements));
        }
        case EVENT_NOT_SET -> throw new IOException("a test stream has an event of no kind");
      }
    }
    return TestStream.fromRawEvents(coder, events);
  }

  private boolean allHaveLength(TestStreamPayload payload) throws IOException {
    for (TestStreamPayload.Event event : payload.getEventsList()) {
      for (TimestampedElement element : event.getElementEvent().getElementsList()) {
        byte[] bytes = element.getEncodedElement().toByteArray();
        if (!hasLength(bytes, startOfTail(bytes))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean hasLength(byte[] bytes, int start) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes, start, bytes.length - start);
    try {
      return VarInt.decodeLong(in) == in.available();
    } catch (IOException e) { // no number at all
      return false;
    }
  }

  private byte[] onWire(byte[] bytes, boolean bare) throws IOException {
    if (!bare) {
      return bytes;
    }
    int start = startOfTail(bytes);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    wire.write(bytes, 0, start);
    VarInt.encode(bytes.length - start, wire);
    wire.write(bytes, start, bytes.length - start);
    return wire.toByteArray();
  }

  private int startOfTail(byte[] bytes) throws IOException {
    WireInput in = new StreamInput(new ByteArrayInputStream(bytes));
    for (Skipper part : before) {
      part.skip(in);
    }
    return in.position();
  }
}
