package dev.trestle.runner.compatibility;

import java.io.IOException;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.SchemaApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.util.construction.CoderTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Tells by equal strings what reads the same bytes.
 *
 * <p>What Beam has a URN for is its URN, its payload and its components, whatever class implements
 * it. Anything else in Java is its class and all that it would serialize, but for what every
 * compilation may change ({@link StableForm}). A coder of serializable objects also has the serial
 * version of their class, without which they cannot be read; one with a schema is its schema.
 */
final class Identities {

  /** As many characters as tell a report's readers enough. */
  private static final int MOST_TEXT = 200;

  private Identities() {}

  static Part part(Part.Role role, Coder<?> coder) {
    return new Part(role, "", text(coder), ofCoder(coder));
  }

  static String text(Object described) {
    String text = String.valueOf(described);
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "...";
  }

  static String ofCoder(Coder<?> coder) {
    Hash hash = new Hash();
    if (coder instanceof SchemaCoder<?> withSchema) {
      return hash.add("schema").add(ofSchema(withSchema.getSchema())).finish();
    }
    RunnerApi.FunctionSpec spec = toProto(coder).getSpec();
    if (spec.getUrn().equals(CoderTranslation.JAVA_SERIALIZED_CODER_URN)) {
      hash.add(StableForm.of(coder));
      if (coder instanceof SerializableCoder<?> serializable) {
        hash.add(ofClass(serializable.getRecordType()));
      }
    } else {
      hash.add(spec.getUrn()).add(spec.getPayload().toByteArray());
      for (Coder<?> argument : coder.getCoderArguments()) {
        hash.add(ofCoder(argument));
      }
    }
    return hash.finish();
  }

  /** A schema without the ids that are drawn anew in each process. */
  static byte[] ofSchema(Schema schema) {
    return withoutIds(SchemaTranslation.schemaToProto(schema, true)).toByteArray();
  }

  private static SchemaApi.Schema withoutIds(SchemaApi.Schema schema) {
    SchemaApi.Schema.Builder builder = schema.toBuilder().clearId();
    for (SchemaApi.Field.Builder field : builder.getFieldsBuilderList()) {
      clearIds(field.getTypeBuilder());
    }
    return builder.build();
  }

  private static void clearIds(SchemaApi.FieldType.Builder type) {
    switch (type.getTypeInfoCase()) {
      case ROW_TYPE ->
          type.getRowTypeBuilder().setSchema(withoutIds(type.getRowType().getSchema()));
      case ARRAY_TYPE -> clearIds(type.getArrayTypeBuilder().getElementTypeBuilder());
      case ITERABLE_TYPE -> clearIds(type.getIterableTypeBuilder().getElementTypeBuilder());
      case MAP_TYPE -> {
        clearIds(type.getMapTypeBuilder().getKeyTypeBuilder());
        clearIds(type.getMapTypeBuilder().getValueTypeBuilder());
      }
      case LOGICAL_TYPE -> clearIds(type.getLogicalTypeBuilder().getRepresentationBuilder());
      case ATOMIC_TYPE, TYPEINFO_NOT_SET -> {}
    }
  }

  private static RunnerApi.Coder toProto(Coder<?> coder) {
    try {
      return CoderTranslation.toProto(coder, SdkComponents.create());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot describe " + coder, e);
    }
  }

  /** A windowing strategy as a part: all of it but ids. */
  static Part windowing(WindowingStrategy<?, ?> strategy) {
    RunnerApi.WindowingStrategy proto;
    try {
      SdkComponents components = SdkComponents.create();
      components.registerEnvironment(RunnerApi.Environment.getDefaultInstance());
      proto = WindowingStrategyTranslation.toProto(strategy, components);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot describe " + strategy, e);
    }
    Hash hash = new Hash();
    RunnerApi.FunctionSpec fn = proto.getWindowFn();
    if (fn.getUrn().equals(WindowingStrategyTranslation.SERIALIZED_JAVA_WINDOWFN_URN)) {
      hash.add(StableForm.of(strategy.getWindowFn()));
    } else {
      hash.add(fn.getUrn()).add(fn.getPayload().toByteArray());
    }
    hash.add(ofCoder(strategy.getWindowFn().windowCoder()));
    hash.add(
        proto.toBuilder()
            .clearWindowFn()
            .clearWindowCoderId()
            .clearEnvironmentId()
            .build()
            .toByteArray());
    return new Part(Part.Role.WINDOWING, "", text(describe(strategy)), hash.finish());
  }

  private static String describe(WindowingStrategy<?, ?> strategy) {
    return String.format(
        "%s, %s, %s ms late, %s, %s",
        strategy.getWindowFn(),
        strategy.getTrigger(),
        strategy.getAllowedLateness().getMillis(),
        strategy.getMode(),
        strategy.getTimestampCombiner());
  }

  /** A class whose objects are kept in Java's own serialized form. */
  static String ofClass(Class<?> type) {
    ObjectStreamClass serialized = ObjectStreamClass.lookup(type);
    return type.getName() + " " + (serialized == null ? 0 : serialized.getSerialVersionUID());
  }

  /** The beginning of a SHA-256 over parts of any length. */
  private static final class Hash {
    private static final int BYTES = 16;

    private final MessageDigest digest;

    Hash() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    Hash add(byte[] part) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
      digest.update(part);
      return this;
    }

    Hash add(String part) {
      return add(part.getBytes(StandardCharsets.UTF_8));
    }

    String finish() {
      return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }
  }
}
