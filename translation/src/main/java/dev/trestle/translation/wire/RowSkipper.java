package dev.trestle.translation.wire;

import dev.trestle.translation.wire.Skippers.Entries;
import dev.trestle.translation.wire.Skippers.Fixed;
import dev.trestle.translation.wire.Skippers.LengthPrefixed;
import dev.trestle.translation.wire.Skippers.Optional;
import dev.trestle.translation.wire.Skippers.Repeated;
import dev.trestle.translation.wire.Skippers.Sequence;
import dev.trestle.translation.wire.Skippers.VarInt;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.model.pipeline.v1.SchemaApi;
import org.apache.beam.model.pipeline.v1.SchemaApi.Field;
import org.apache.beam.model.pipeline.v1.SchemaApi.FieldType;

/**
 * A row: the number of its fields, which of them are null, and the others in the order in which
 * they are encoded. One that was written before fields were added has fewer.
 *
 * @param fields without their being null, in the order of the encoding
 */
record RowSkipper(List<Skipper> fields) implements Skipper {
  private static final long serialVersionUID = 1L;

  /** Logical types whose encoding is not that of their representation. */
  private static final String MILLIS_INSTANT = "beam:logical_type:millis_instant:v1";

  private static final String DECIMAL = "beam:logical_type:decimal:v1";

  RowSkipper {
    fields = List.copyOf(fields);
  }

  /**
   * The layout of a schema's rows.
   *
   * @throws IllegalArgumentException if a field has no type that the model knows
   */
  static RowSkipper of(SchemaApi.Schema schema) {
    List<Field> fields = schema.getFieldsList();
    if (schema.getEncodingPositionsSet()) {
      fields = fields.stream().sorted(Comparator.comparingInt(Field::getEncodingPosition)).toList();
    }
    return new RowSkipper(fields.stream().map(field -> present(field.getType())).toList());
  }

  @Override
  public void skip(WireInput in) throws IOException {
    long count = in.varInt();
    int length = (int) in.varInt();
    int before = in.position();
    in.pass(length);
    byte[] nulls = in.since(before);
    if (count < 0 || count > fields.size()) {
      throw new IOException("A row has " + count + " fields, its schema " + fields.size());
    }
    for (int i = 0; i < count; i++) {
      boolean isNull = i / Byte.SIZE < nulls.length && (nulls[i / Byte.SIZE] >> i % 8 & 1) != 0;
      if (!isNull) {
        fields.get(i).skip(in);
      }
    }
  }

  private static Skipper nullable(FieldType type) {
    return type.getNullable() ? new Optional(present(type)) : present(type);
  }

  private static Skipper present(FieldType type) {
    return switch (type.getTypeInfoCase()) {
      case ATOMIC_TYPE ->
          switch (type.getAtomicType()) {
            case BOOLEAN, BYTE -> new Fixed(1);
            case INT16 -> new Fixed(Short.BYTES);
            case FLOAT -> new Fixed(Float.BYTES);
            case DOUBLE -> new Fixed(Double.BYTES);
            case INT32, INT64 -> new VarInt();
            case STRING, BYTES -> new LengthPrefixed();
            case UNSPECIFIED, UNRECOGNIZED -> throw unknown(type);
          };
      case ARRAY_TYPE -> new Repeated(nullable(type.getArrayType().getElementType()));
      case ITERABLE_TYPE -> new Repeated(nullable(type.getIterableType().getElementType()));
      case MAP_TYPE ->
          new Entries(
              nullable(type.getMapType().getKeyType()), nullable(type.getMapType().getValueType()));
      case ROW_TYPE -> of(type.getRowType().getSchema());
      case LOGICAL_TYPE ->
          switch (type.getLogicalType().getUrn()) {
            case MILLIS_INSTANT -> new Fixed(Long.BYTES);
            case DECIMAL -> new Sequence(new VarInt(), new LengthPrefixed());
            default -> nullable(type.getLogicalType().getRepresentation());
          };
      case TYPEINFO_NOT_SET -> throw unknown(type);
    };
  }

  private static IllegalArgumentException unknown(FieldType type) {
    return new IllegalArgumentException("a field of a row is of an unknown type: " + type);
  }
}
