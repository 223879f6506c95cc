package dev.trestle.translation.print;

import static java.util.Map.entry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.SchemaApi;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Elements as text, for people, from their encodings. What only an SDK can read, such as a pickled
 * object of Python, is shown as bytes. Immutable.
 */
public final class ElementText {
  private static final int MOST_CHARS = 500;

  /** What makes the coder of a URN of those that it consists of. */
  private static final Map<String, Function<List<Coder<?>>, Coder<?>>> BY_URN =
      Map.ofEntries(
          entry(ModelCoders.BYTES_CODER_URN, parts -> ByteArrayCoder.of()),
          entry(ModelCoders.STRING_UTF8_CODER_URN, parts -> StringUtf8Coder.of()),
          entry(ModelCoders.INT64_CODER_URN, parts -> VarLongCoder.of()),
          entry(ModelCoders.BOOL_CODER_URN, parts -> BooleanCoder.of()),
          entry(ModelCoders.DOUBLE_CODER_URN, parts -> DoubleCoder.of()),
          entry(ModelCoders.LENGTH_PREFIX_CODER_URN, parts -> LengthPrefixCoder.of(parts.get(0))),
          entry(ModelCoders.NULLABLE_CODER_URN, parts -> NullableCoder.of(parts.get(0))),
          entry(ModelCoders.ITERABLE_CODER_URN, parts -> IterableCoder.of(parts.get(0))),
          entry(
              ModelCoders.STATE_BACKED_ITERABLE_CODER_URN, parts -> IterableCoder.of(parts.get(0))),
          entry(ModelCoders.KV_CODER_URN, parts -> KvCoder.of(parts.get(0), parts.get(1))));

  private final Map<String, RunnerApi.Coder> coders;

  /**
   * The elements of a pipeline, or of a part of it.
   *
   * @param coders all that there are, by id
   */
  public ElementText(Map<String, RunnerApi.Coder> coders) {
    this.coders = Map.copyOf(coders);
  }

  /**
   * An element, in a line.
   *
   * @param encoded nested context
   * @param coder the id of its coder
   */
  public String of(byte[] encoded, String coder) {
    StringBuilder text = new StringBuilder();
    try {
      append(coder(coder).decode(new ByteArrayInputStream(encoded)), text);
    } catch (IOException | RuntimeException e) {
      text.setLength(0); // it is not what its coder says, or its parts cannot be told apart
      append(encoded, text);
    }
    return shortened(text);
  }

  private static String shortened(StringBuilder text) {
    return text.length() > MOST_CHARS ? text.substring(0, MOST_CHARS) + "..." : text.toString();
  }

  private Coder<?> coder(String id) throws IOException {
    RunnerApi.Coder proto = coders.getOrDefault(id, RunnerApi.Coder.getDefaultInstance());
    String urn = proto.getSpec().getUrn();
    if (urn.equals(ModelCoders.ROW_CODER_URN)) {
      return RowCoder.of(
          SchemaTranslation.schemaFromProto(
              SchemaApi.Schema.parseFrom(proto.getSpec().getPayload())));
    }
    List<Coder<?>> parts = new ArrayList<>();
    for (String part : proto.getComponentCoderIdsList()) {
      parts.add(coder(part));
    }
    return BY_URN.getOrDefault(urn, unknown -> new Rest()).apply(parts);
  }

  /** Whatever is left, for what nobody here knows the length of. */
  private static final class Rest extends CustomCoder<byte[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(byte[] value, OutputStream out) throws IOException {
      out.write(value);
    }

    @Override
    public byte[] decode(InputStream in) throws IOException {
      return in.readAllBytes();
    }
  }

  private static void append(@Nullable Object value, StringBuilder to) {
    if (to.length() > MOST_CHARS) {
      return;
    }
    if (value instanceof byte[] bytes) {
      appendBytes(bytes, to);
    } else if (value instanceof String string) {
      appendQuoted(string, to);
    } else if (value instanceof KV<?, ?> kv) {
      to.append('(');
      append(kv.getKey(), to);
      to.append(", ");
      append(kv.getValue(), to);
      to.append(')');
    } else if (value instanceof Row row) {
      to.append('{');
      for (int i = 0; i < row.getFieldCount(); i++) {
        to.append(i == 0 ? "" : ", ").append(row.getSchema().getField(i).getName()).append(": ");
        append(row.getValue(i), to);
      }
      to.append('}');
    } else if (value instanceof Iterable<?> values) {
      to.append('[');
      for (Iterator<?> each = values.iterator(); each.hasNext() && to.length() <= MOST_CHARS; ) {
        append(each.next(), to);
        to.append(each.hasNext() ? ", " : "");
      }
      to.append(']');
    } else {
      to.append(value);
    }
  }

  private static void appendQuoted(String string, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < string.length() && i <= MOST_CHARS; i++) {
      char c = string.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (Character.isISOControl(c)) {
        to.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }

  private static void appendBytes(byte[] bytes, StringBuilder to) {
    to.append("b\"");
    for (int i = 0; i < bytes.length && i <= MOST_CHARS; i++) {
      char c = (char) (bytes[i] & 0xff);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        to.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }
}
