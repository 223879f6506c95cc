package dev.trestle.server.environment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;

/**
 * Pipeline options as workers read them. Protobuf writes 1 as 1.0, and a worker in Go takes that
 * for no whole number.
 */
final class OptionsJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Up to here a double has all whole numbers. */
  private static final double MOST_EXACT = 1L << 53;

  private OptionsJson() {}

  static String of(Struct options) {
    return object(options).toString();
  }

  private static ObjectNode object(Struct struct) {
    ObjectNode object = NODES.objectNode();
    struct.getFieldsMap().forEach((name, value) -> object.set(name, node(value)));
    return object;
  }

  private static JsonNode node(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> number(value.getNumberValue());
      case STRING_VALUE -> NODES.textNode(value.getStringValue());
      case BOOL_VALUE -> NODES.booleanNode(value.getBoolValue());
      case STRUCT_VALUE -> object(value.getStructValue());
      case LIST_VALUE -> {
        ArrayNode array = NODES.arrayNode();
        value.getListValue().getValuesList().forEach(each -> array.add(node(each)));
        yield array;
      }
      case NULL_VALUE, KIND_NOT_SET -> NODES.nullNode();
    };
  }

  private static JsonNode number(double number) {
    boolean whole = number == Math.rint(number) && Math.abs(number) <= MOST_EXACT;
    return whole ? NODES.numberNode((long) number) : NODES.numberNode(number);
  }
}
