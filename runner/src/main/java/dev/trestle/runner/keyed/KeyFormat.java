package dev.trestle.runner.keyed;

import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.state.ByteKey;
import dev.trestle.state.table.Serializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * Keys as tables see them: objects, or the bytes that their coder has made of them.
 *
 * @param coder null where keys are objects that are never written
 */
record KeyFormat(@Nullable Coder<Object> coder, boolean byObject) implements Serializer<Object> {

  /** The key that a table key stands for. */
  @Nullable Object decode(Object tableKey) {
    if (byObject || coder == null) {
      return tableKey;
    }
    ByteKey encoded = (ByteKey) tableKey;
    try {
      return coder.decode(new ByteSource(encoded.bytes(), encoded.start(), encoded.end()));
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  @Override
  public void write(Object tableKey, DataOutput out) throws IOException {
    if (tableKey instanceof ByteKey bytes) {
      out.write(bytes.bytes(), bytes.start(), bytes.length());
    } else {
      CoderSerializer.of(known()).write(tableKey, out);
    }
  }

  /** Of all that is left of the input. */
  @Override
  public Object read(DataInput in) throws IOException {
    return CoderSerializer.of(known()).read(in);
  }

  /** The table key that was written as these bytes. */
  Object read(byte[] bytes) throws IOException {
    return byObject
        ? known().decode(new ByteSource(bytes, 0, bytes.length))
        : new ByteKey(bytes, 0, bytes.length);
  }

  private Coder<Object> known() {
    if (coder == null) {
      throw new IllegalStateException("Keys are objects and have no coder");
    }
    return coder;
  }
}
