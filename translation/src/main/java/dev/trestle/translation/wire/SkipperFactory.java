package dev.trestle.translation.wire;

import static java.util.Map.entry;

import dev.trestle.translation.wire.Skippers.Fixed;
import dev.trestle.translation.wire.Skippers.LengthPrefixed;
import dev.trestle.translation.wire.Skippers.Optional;
import dev.trestle.translation.wire.Skippers.Pane;
import dev.trestle.translation.wire.Skippers.Repeated;
import dev.trestle.translation.wire.Skippers.Sequence;
import dev.trestle.translation.wire.Skippers.Timer;
import dev.trestle.translation.wire.Skippers.VarInt;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.ComponentsOrBuilder;
import org.apache.beam.model.pipeline.v1.SchemaApi;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** Makes layouts of coders of the wire: there is one for each coder of the model. */
final class SkipperFactory {

  /** Makes the layout of the coders of one URN. */
  @FunctionalInterface
  private interface Layout {
    Skipper of(SkipperFactory coder);
  }

  private static final Skipper INSTANT = new Fixed(Long.BYTES);

  private static final Map<String, Layout> BY_URN =
      Map.ofEntries(
          entry(ModelCoders.BYTES_CODER_URN, coder -> new LengthPrefixed()),
          entry(ModelCoders.STRING_UTF8_CODER_URN, coder -> new LengthPrefixed()),
          entry(ModelCoders.LENGTH_PREFIX_CODER_URN, coder -> new LengthPrefixed()),
          entry(ModelCoders.BOOL_CODER_URN, coder -> new Fixed(1)),
          entry(ModelCoders.INT64_CODER_URN, coder -> new VarInt()),
          entry(ModelCoders.DOUBLE_CODER_URN, coder -> new Fixed(Double.BYTES)),
          entry(ModelCoders.KV_CODER_URN, coder -> new Sequence(coder.part(0), coder.part(1))),
          entry(ModelCoders.ITERABLE_CODER_URN, coder -> new Repeated(coder.part(0))),
          entry(ModelCoders.STATE_BACKED_ITERABLE_CODER_URN, coder -> new Repeated(coder.part(0))),
          entry(ModelCoders.NULLABLE_CODER_URN, coder -> new Optional(coder.part(0))),
          entry(ModelCoders.TIMER_CODER_URN, coder -> new Timer(coder.part(0), coder.part(1))),
          entry(ModelCoders.GLOBAL_WINDOW_CODER_URN, coder -> new Fixed(0)),
          entry(
              ModelCoders.INTERVAL_WINDOW_CODER_URN, coder -> new Sequence(INSTANT, new VarInt())),
          entry(ModelCoders.CUSTOM_WINDOW_CODER_URN, coder -> new Sequence(INSTANT, coder.part(0))),
          entry(
              ModelCoders.WINDOWED_VALUE_CODER_URN,
              coder ->
                  new Sequence(INSTANT, new Repeated(coder.part(1)), new Pane(), coder.part(0))),
          entry(ModelCoders.PARAM_WINDOWED_VALUE_CODER_URN, coder -> coder.part(0)),
          entry(
              ModelCoders.SHARDED_KEY_CODER_URN,
              coder -> new Sequence(new LengthPrefixed(), coder.part(0))),
          entry(ModelCoders.ROW_CODER_URN, SkipperFactory::row));

  private final RunnerApi.Coder coder;
  private final ComponentsOrBuilder protos;

  private SkipperFactory(RunnerApi.Coder coder, ComponentsOrBuilder protos) {
    this.coder = coder;
    this.protos = protos;
  }

  /**
   * Whether a coder has a layout. A row has none if a field of it is of a type that only its SDK
   * knows.
   */
  static boolean knows(RunnerApi.Coder coder, ComponentsOrBuilder protos) {
    if (!coder.getSpec().getUrn().equals(ModelCoders.ROW_CODER_URN)) {
      return BY_URN.containsKey(coder.getSpec().getUrn());
    }
    try {
      new SkipperFactory(coder, protos).row();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * The layout of a coder.
   *
   * @throws IllegalArgumentException if it is not one of the model's, or contradicts itself
   */
  static Skipper of(String id, ComponentsOrBuilder protos) {
    RunnerApi.Coder coder = protos.getCodersOrThrow(id);
    Layout layout = BY_URN.get(coder.getSpec().getUrn());
    if (layout == null) {
      throw new IllegalArgumentException("no layout of coder " + coder.getSpec().getUrn());
    }
    return layout.of(new SkipperFactory(coder, protos));
  }

  /**
   * The id of a part of a coder.
   *
   * @throws IllegalArgumentException if the coder does not have so many
   */
  static String component(RunnerApi.Coder coder, int index) {
    if (index >= coder.getComponentCoderIdsCount()) {
      throw new IllegalArgumentException(
          "Malformed pipeline: a coder "
              + coder.getSpec().getUrn()
              + " of "
              + coder.getComponentCoderIdsCount()
              + " components");
    }
    return coder.getComponentCoderIds(index);
  }

  private Skipper part(int index) {
    return of(component(coder, index), protos);
  }

  private RowSkipper row() {
    ByteString payload = coder.getSpec().getPayload();
    try {
      return RowSkipper.of(SchemaApi.Schema.parseFrom(payload));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("Malformed pipeline: a row without a schema", e);
    }
  }
}
