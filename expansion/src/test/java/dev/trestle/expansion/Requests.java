package dev.trestle.expansion;

import java.util.Map;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionRequest;
import org.apache.beam.model.pipeline.v1.ExternalTransforms.ExternalConfigurationPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** What other SDKs ask of an expansion service. */
final class Requests {

  private Requests() {}

  /** A sequence, as a request. */
  static ExpansionRequest sequence() throws CoderException {
    Schema schema = Schema.builder().addInt64Field("start").addInt64Field("stop").build();
    return request(
        GenerateSequence.External.URN,
        payload(Row.withSchema(schema).addValues(0L, 10L).build()).toByteString());
  }

  /** Files of Avro, with rows of one number. */
  static ExpansionRequest avro(String urn) throws CoderException {
    Schema data = Schema.builder().addInt64Field("number").build();
    Schema config =
        Schema.builder().addNullableField("writeWindowSizeSeconds", Schema.FieldType.INT64).build();
    Schema schema =
        Schema.builder()
            .addStringField("location")
            .addByteArrayField("config")
            .addByteArrayField("data_schema")
            .build();
    Row row =
        Row.withSchema(schema)
            .addValues(
                "numbers-*",
                CoderUtils.encodeToByteArray(
                    RowCoder.of(config), Row.withSchema(config).addValue(null).build()),
                SchemaTranslation.schemaToProto(data, true).toByteArray())
            .build();
    return request(urn, payload(row).toByteString());
  }

  /** The payload of Python's {@code WriteToKafka}. */
  static ByteString kafkaWrite(Map<String, String> producerConfig) throws CoderException {
    Schema schema =
        Schema.builder()
            .addMapField("producer_config", Schema.FieldType.STRING, Schema.FieldType.STRING)
            .addStringField("topic")
            .addStringField("key_serializer")
            .addStringField("value_serializer")
            .build();
    String serializer = "org.apache.kafka.common.serialization.ByteArraySerializer";
    return payload(
            Row.withSchema(schema)
                .addValues(producerConfig, "results", serializer, serializer)
                .build())
        .toByteString();
  }

  /** A transform without input. */
  static ExpansionRequest request(String urn, ByteString payload) {
    return ExpansionRequest.newBuilder()
        .setNamespace("test")
        .setTransform(
            PTransform.newBuilder()
                .setUniqueName("asked for")
                .setSpec(FunctionSpec.newBuilder().setUrn(urn).setPayload(payload)))
        .build();
  }

  private static ExternalConfigurationPayload payload(Row row) throws CoderException {
    return ExternalConfigurationPayload.newBuilder()
        .setSchema(SchemaTranslation.schemaToProto(row.getSchema(), true))
        .setPayload(
            ByteString.copyFrom(CoderUtils.encodeToByteArray(RowCoder.of(row.getSchema()), row)))
        .build();
  }
}
