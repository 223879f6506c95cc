package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EncodedSequence;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.junit.jupiter.api.Test;

class EncodedValuesTest {
  private static final int MANY = 3000;

  @SuppressWarnings("unchecked") // the values are strings
  private final Coder<Object> coder = (Coder<Object>) (Coder<?>) StringUtf8Coder.of();

  private final EncodedValues values = new EncodedValues(0);
  private final List<Object> added = new ArrayList<>();
  private final ByteArrayOutputStream encodings = new ByteArrayOutputStream();

  /** So many that they are in several arrays. */
  @Test
  void viewGivesAllValuesDecodedOrNot() throws Exception {
    add(MANY);
    Iterable<Object> view = values.view(coder);
    List<Object> decoded = new ArrayList<>();
    view.forEach(decoded::add);
    assertThat(decoded, equalTo(added));
    assertThat(view, instanceOf(EncodedSequence.class));
    assertThat(((EncodedSequence) view).size(), is(MANY));
    assertThat(written((EncodedSequence) view), equalTo(encodings.toByteArray()));
  }

  @Test
  void viewStaysAsItIsWhileMoreIsAdded() throws Exception {
    add(3);
    EncodedSequence view = (EncodedSequence) values.view(coder);
    byte[] before = encodings.toByteArray();
    add(MANY);
    assertThat(written(view), equalTo(before));
  }

  private void add(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      String value = i + "x".repeat(i % 700);
      ByteArrayOutputStream encoding = new ByteArrayOutputStream();
      StringUtf8Coder.of().encode(value, encoding);
      values.add(encoding.toByteArray(), 0, encoding.size());
      added.add(value);
      encodings.write(encoding.toByteArray());
    }
  }

  private static byte[] written(EncodedSequence view) {
    ByteSink sink = new ByteSink();
    view.writeTo(sink);
    return Arrays.copyOf(sink.array(), sink.size());
  }
}
