package dev.trestle.translation.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.SchemaApi.AtomicType;
import org.apache.beam.model.pipeline.v1.SchemaApi.Field;
import org.apache.beam.model.pipeline.v1.SchemaApi.FieldType;
import org.apache.beam.model.pipeline.v1.SchemaApi.Schema;
import org.apache.beam.sdk.util.construction.ModelCoders;

/**
 * Elements as text, for people, from their encodings. What only an SDK can read, such as a pickled
 * object of Python, is shown as bytes. Whatever the bytes are, they are not trusted. Immutable.
 */
public final class ElementText {
  private static final int MOST_CHARS = 500;

  /** Nobody reads on, and there may be millions of elements in an element. */
  private static final class LongEnough extends IOException {
    private static final long serialVersionUID = 1L;

    LongEnough() {
      super("The text is long enough");
    }
  }

  /** Shows the values of the coders of one URN. */
  private interface Form {
    void show(Reading reading, RunnerApi.Coder coder) throws IOException;
  }

  private static final Map<String, Form> BY_URN =
      Map.ofEntries(
          entry(ModelCoders.BYTES_CODER_URN, (reading, coder) -> reading.bytes()),
          entry(ModelCoders.STRING_UTF8_CODER_URN, (reading, coder) -> reading.string()),
          entry(ModelCoders.INT64_CODER_URN, (reading, coder) -> reading.integer()),
          entry(ModelCoders.BOOL_CODER_URN, (reading, coder) -> reading.bool()),
          entry(ModelCoders.DOUBLE_CODER_URN, (reading, coder) -> reading.floating()),
          entry(ModelCoders.LENGTH_PREFIX_CODER_URN, Reading::prefixed),
          entry(ModelCoders.NULLABLE_CODER_URN, Reading::nullable),
          entry(ModelCoders.KV_CODER_URN, Reading::pair),
          entry(ModelCoders.ITERABLE_CODER_URN, Reading::values),
          entry(ModelCoders.STATE_BACKED_ITERABLE_CODER_URN, Reading::values),
          entry(ModelCoders.ROW_CODER_URN, Reading::row));

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
      new Reading(coders, encoded, text).whole(coder);
    } catch (LongEnough e) {
      return shortened(text);
    } catch (IOException | IllegalArgumentException e) {
      // It is not what its coder says, or its parts cannot be told apart.
      text.setLength(0);
      appendBytes(encoded, text);
    }
    return shortened(text);
  }

  private static String shortened(StringBuilder text) {
    return text.length() > MOST_CHARS ? text.substring(0, MOST_CHARS) + "..." : text.toString();
  }

  /** Goes through an encoded value and writes down what it finds. */
  private static final class Reading {
    private final Map<String, RunnerApi.Coder> coders;
    private final WireInput in;
    private final int end;
    private final StringBuilder text;

    Reading(Map<String, RunnerApi.Coder> coders, byte[] encoded, StringBuilder text) {
      this.coders = coders;
      in = new StreamInput(new ByteArrayInputStream(encoded));
      end = encoded.length;
      this.text = text;
    }

    /** All bytes, of which none may be left. */
    void whole(String coder) throws IOException {
      show(coder);
      if (in.position() != end) {
        throw new IOException("There are more bytes than the value has");
      }
    }

    private void show(String id) throws IOException {
      if (text.length() > MOST_CHARS) {
        throw new LongEnough();
      }
      RunnerApi.Coder coder = coders.getOrDefault(id, RunnerApi.Coder.getDefaultInstance());
      Form form = BY_URN.get(coder.getSpec().getUrn());
      if (form == null) {
        appendBytes(next(end - in.position()), text); // it may be all that is left
      } else {
        form.show(this, coder);
      }
    }

    private byte[] next(long length) throws IOException {
      int start = in.position();
      in.pass(length);
      return in.since(start);
    }

    void bytes() throws IOException {
      appendBytes(next(in.varInt()), text);
    }

    void string() throws IOException {
      appendQuoted(new String(next(in.varInt()), UTF_8), text);
    }

    void integer() throws IOException {
      text.append(in.varInt());
    }

    void bool() throws IOException {
      text.append(in.next() != 0);
    }

    void floating() throws IOException {
      text.append(ByteBuffer.wrap(next(Double.BYTES)).getDouble());
    }

    void prefixed(RunnerApi.Coder coder) throws IOException {
      new Reading(coders, next(in.varInt()), text).whole(SkipperFactory.component(coder, 0));
    }

    void nullable(RunnerApi.Coder coder) throws IOException {
      if (in.next() == 0) {
        text.append("null");
      } else {
        show(SkipperFactory.component(coder, 0));
      }
    }

    void pair(RunnerApi.Coder coder) throws IOException {
      text.append('(');
      show(SkipperFactory.component(coder, 0));
      text.append(", ");
      show(SkipperFactory.component(coder, 1));
      text.append(')');
    }

    /** Their number is in front, or is -1, and there are blocks with a number in front of each. */
    void values(RunnerApi.Coder coder) throws IOException {
      String element = SkipperFactory.component(coder, 0);
      text.append('[');
      String separator = "";
      int count = in.fixedInt();
      for (long left = count < 0 ? in.varInt() : count; left > 0; ) {
        text.append(separator);
        separator = ", ";
        show(element);
        left--;
        if (left == 0 && count < 0) {
          left = in.varInt();
        }
      }
      text.append(']');
    }

    /** Fields that come with the form of their type; other rows are bytes. */
    void row(RunnerApi.Coder coder) throws IOException {
      Schema schema = Schema.parseFrom(coder.getSpec().getPayload());
      if (schema.getEncodingPositionsSet()) {
        throw new IOException("The fields are in another order");
      }
      List<Field> fields = schema.getFieldsList();
      long count = in.varInt();
      byte[] nulls = next(in.varInt());
      text.append('{');
      for (int i = 0; i < count && i < fields.size(); i++) {
        text.append(i == 0 ? "" : ", ").append(fields.get(i).getName()).append(": ");
        if (i / Byte.SIZE < nulls.length && (nulls[i / Byte.SIZE] >> i % Byte.SIZE & 1) != 0) {
          text.append("null");
        } else {
          field(fields.get(i).getType());
        }
      }
      text.append('}');
    }

    private void field(FieldType type) throws IOException {
      if (text.length() > MOST_CHARS) {
        throw new LongEnough();
      }
      AtomicType atomic = type.getAtomicType(); // unspecified for what is not atomic
      switch (atomic) {
        case STRING -> string();
        case BYTES -> bytes();
        case INT32, INT64 -> integer();
        case BOOLEAN -> bool();
        case DOUBLE -> floating();
        default -> throw new IOException("A field of a type that is not shown");
      }
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
