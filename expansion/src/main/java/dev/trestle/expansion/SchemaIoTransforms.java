package dev.trestle.expansion;

import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.beam.model.pipeline.v1.SchemaApi;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.expansion.ExternalTransformRegistrar;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.schemas.io.SchemaIO;
import org.apache.beam.sdk.schemas.io.SchemaIOProvider;
import org.apache.beam.sdk.transforms.ExternalTransformBuilder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes for each {@link SchemaIOProvider} of the class path, under the names by which
 * other SDKs ask for them: {@code ReadFromJdbc} in Python, for one. Beam's own service for them is
 * not published.
 */
public final class SchemaIoTransforms implements ExternalTransformRegistrar {

  private static final String URN = "beam:transform:org.apache.beam:schemaio_%s_%s:v1";

  @Override
  public Map<String, ExternalTransformBuilder<?, ?, ?>> knownBuilderInstances() {
    Map<String, ExternalTransformBuilder<?, ?, ?>> builders = new HashMap<>();
    for (SchemaIOProvider provider : ServiceLoader.load(SchemaIOProvider.class)) {
      builders.put(String.format(URN, provider.identifier(), "read"), new Reader(provider));
      builders.put(String.format(URN, provider.identifier(), "write"), new Writer(provider));
    }
    return builders;
  }

  /** What other SDKs send. */
  public static final class Configuration {

    private String location = "";
    private byte[] config = {};
    private byte @Nullable [] dataSchema;

    /** A table or a file, as the provider has it. */
    public void setLocation(String place) {
      location = place;
    }

    /** A row of the provider's configuration, encoded. */
    public void setConfig(byte[] row) {
      config = row;
    }

    /** The proto of the schema of rows, if the provider is to be told. */
    public void setDataSchema(byte @Nullable [] schema) {
      dataSchema = schema;
    }

    private SchemaIO of(SchemaIOProvider provider) {
      try {
        Row row =
            CoderUtils.decodeFromByteArray(RowCoder.of(provider.configurationSchema()), config);
        Schema schema =
            dataSchema == null
                ? null
                : SchemaTranslation.schemaFromProto(SchemaApi.Schema.parseFrom(dataSchema));
        return provider.from(location, row, schema);
      } catch (CoderException | InvalidProtocolBufferException e) {
        throw new IllegalArgumentException(
            "The configuration of " + provider.identifier() + " is unreadable", e);
      }
    }
  }

  /** Public, because Beam looks for its method. */
  public static final class Reader
      implements ExternalTransformBuilder<Configuration, PBegin, PCollection<Row>> {

    private final SchemaIOProvider provider;

    Reader(SchemaIOProvider provider) {
      this.provider = provider;
    }

    @Override
    public PTransform<PBegin, PCollection<Row>> buildExternal(Configuration configuration) {
      return configuration.of(provider).buildReader();
    }
  }

  /** Public, because Beam looks for its method. */
  public static final class Writer
      implements ExternalTransformBuilder<Configuration, PCollection<Row>, POutput> {

    private final SchemaIOProvider provider;

    Writer(SchemaIOProvider provider) {
      this.provider = provider;
    }

    @Override
    @SuppressWarnings("unchecked") // what it puts out is told by itself
    public PTransform<PCollection<Row>, POutput> buildExternal(Configuration configuration) {
      return (PTransform<PCollection<Row>, POutput>) configuration.of(provider).buildWriter();
    }
  }
}
