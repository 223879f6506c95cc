package dev.trestle.expansion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.TrestleRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.expansion.ExternalTransformRegistrar;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ExternalTransformBuilder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are written and read by the names that other SDKs know. */
class SchemaIoTransformsTest {

  private static final Schema SCHEMA =
      Schema.builder().addInt64Field("number").addStringField("name").build();
  private static final List<Row> ROWS =
      LongStream.range(0, 10_000)
          .mapToObj(i -> Row.withSchema(SCHEMA).addValues(i, "number " + i).build())
          .toList();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"avro, rows*, writeWindowSizeSeconds", "parquet, rows/*.parquet,"})
  void whatIsWrittenIsRead(String format, String files, @Nullable String option) throws Exception {
    Schema options =
        option == null
            ? Schema.of()
            : Schema.builder().addNullableField(option, Schema.FieldType.INT64).build();
    SchemaIoTransforms.Configuration configuration = new SchemaIoTransforms.Configuration();
    configuration.setConfig(
        CoderUtils.encodeToByteArray(RowCoder.of(options), Row.nullRow(options)));
    configuration.setDataSchema(SchemaTranslation.schemaToProto(SCHEMA, true).toByteArray());

    configuration.setLocation(directory.resolve("rows").toString());
    Pipeline writing = pipeline();
    PCollection<Row> rows = writing.apply(Create.of(ROWS).withRowSchema(SCHEMA));
    rows.apply(
        SchemaIoTransformsTest.<PCollection<Row>, POutput>transform(
            format + "_write", configuration));
    assertThat(writing.run().waitUntilFinish(), is(State.DONE));

    configuration.setLocation(directory + "/" + files);
    Pipeline reading = pipeline();
    PAssert.that(
            reading.apply(
                SchemaIoTransformsTest.<PBegin, PCollection<Row>>transform(
                    format + "_read", configuration)))
        .containsInAnyOrder(ROWS);
    assertThat(reading.run().waitUntilFinish(), is(State.DONE));
  }

  @Test
  void filesOfParquetWantASchema() throws Exception {
    SchemaIoTransforms.Configuration configuration = new SchemaIoTransforms.Configuration();
    configuration.setLocation(directory.toString());
    configuration.setConfig(
        CoderUtils.encodeToByteArray(RowCoder.of(Schema.of()), Row.nullRow(Schema.of())));
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class, () -> transform("parquet_read", configuration));
    assertThat(thrown.getMessage(), containsString("data_schema"));
  }

  private static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(TrestleRunner.class);
    return Pipeline.create(options);
  }

  @SuppressWarnings("unchecked") // the map has transforms of all kinds
  private static <I extends PInput, O extends POutput> PTransform<I, O> transform(
      String name, SchemaIoTransforms.Configuration configuration) {
    ExternalTransformRegistrar registrar = new SchemaIoTransforms();
    ExternalTransformBuilder<SchemaIoTransforms.Configuration, I, O> builder =
        (ExternalTransformBuilder<SchemaIoTransforms.Configuration, I, O>)
            registrar
                .knownBuilderInstances()
                .get("beam:transform:org.apache.beam:schemaio_" + name + ":v1");
    return builder.buildExternal(configuration);
  }
}
