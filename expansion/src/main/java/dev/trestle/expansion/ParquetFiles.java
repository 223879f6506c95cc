package dev.trestle.expansion;

import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.extensions.avro.schemas.utils.AvroUtils;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.parquet.ParquetIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.io.SchemaIO;
import org.apache.beam.sdk.schemas.io.SchemaIOProvider;
import org.apache.beam.sdk.schemas.transforms.Convert;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Files of Parquet, as {@link SchemaIoTransforms} serves them; Beam has them as such in SQL only.
 * They are read from a glob and written into a directory, and other SDKs give the schema of rows.
 */
public final class ParquetFiles implements SchemaIOProvider {

  @Override
  public String identifier() {
    return "parquet";
  }

  /** There is nothing to be said. */
  @Override
  public Schema configurationSchema() {
    return Schema.of();
  }

  @Override
  public SchemaIO from(String location, Row configuration, @Nullable Schema dataSchema) {
    if (dataSchema == null) {
      throw new IllegalArgumentException(
          "Files of Parquet want to be told the schema of their rows: data_schema");
    }
    return new Files(location, dataSchema);
  }

  @Override
  public boolean requiresDataSchema() {
    return true;
  }

  @Override
  public PCollection.IsBounded isBounded() {
    return PCollection.IsBounded.BOUNDED;
  }

  private record Files(String location, Schema schema) implements SchemaIO {

    @Override
    public PTransform<PBegin, PCollection<Row>> buildReader() {
      return new Read(location, schema);
    }

    @Override
    public PTransform<PCollection<Row>, POutput> buildWriter() {
      return new Write(location, schema);
    }
  }

  private static final class Read extends PTransform<PBegin, PCollection<Row>> {

    private static final long serialVersionUID = 1L;

    private final String glob;
    private final Schema rows;

    Read(String glob, Schema rows) {
      this.glob = glob;
      this.rows = rows;
    }

    @Override
    public PCollection<Row> expand(PBegin begin) {
      return begin
          .apply(
              "ReadParquet",
              ParquetIO.read(AvroUtils.toAvroSchema(rows)).from(glob).withBeamSchemas(true))
          .apply("ToRows", Convert.toRows());
    }
  }

  private static final class Write extends PTransform<PCollection<Row>, POutput> {

    private static final long serialVersionUID = 1L;

    private final String directory;
    private final Schema rows;

    Write(String directory, Schema rows) {
      this.directory = directory;
      this.rows = rows;
    }

    @Override
    public POutput expand(PCollection<Row> input) {
      org.apache.avro.Schema records = AvroUtils.toAvroSchema(rows);
      input
          .apply(
              "ToRecords",
              MapElements.into(TypeDescriptor.of(GenericRecord.class))
                  .via(AvroUtils.getRowToGenericRecordFunction(records)))
          .setCoder(AvroCoder.of(records))
          .apply(
              "WriteParquet",
              FileIO.<GenericRecord>write()
                  .via(ParquetIO.sink(records))
                  .to(directory)
                  .withSuffix(".parquet"));
      return PDone.in(input.getPipeline()); // no other SDK knows what FileIO puts out
    }
  }
}
