package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EncodedSequence;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys with their values as {@code KvCoder} and {@code IterableCoder} do, without decoding
 * values that are kept encoded. Not thread safe.
 */
final class GroupWriter {
  private final Coder<Object> keyCoder;
  private final Coder<?> valueCoder;

  /** One that has been found to be equal to the value coder. */
  private Coder<?> same;

  private GroupWriter(Coder<Object> keyCoder, Coder<?> valueCoder) {
    this.keyCoder = keyCoder;
    this.valueCoder = valueCoder;
    same = valueCoder;
  }

  /** For a coder's elements; null if they are no keys with iterables. */
  @SuppressWarnings("unchecked") // a key fits the key coder
  static @Nullable GroupWriter of(Coder<?> coder) {
    return coder instanceof KvCoder<?, ?> kv
            && kv.getValueCoder() instanceof IterableCoder<?> iterable
        ? new GroupWriter((Coder<Object>) kv.getKeyCoder(), iterable.getElemCoder())
        : null;
  }

  /**
   * Writes an element, if its values are encoded as they are to be.
   *
   * @return whether it has
   */
  @SuppressWarnings("NullAway") // a coder that admits a null key takes it, any other says so itself
  boolean write(@Nullable Object element, ByteSink to) throws IOException {
    if (!(element instanceof KV<?, ?> kv)
        || !(kv.getValue() instanceof EncodedSequence values)
        || !isSame(values.coder())) {
      return false;
    }
    keyCoder.encode(kv.getKey(), to);
    to.writeInt(values.size());
    values.writeTo(to);
    return true;
  }

  private boolean isSame(Coder<?> coder) {
    if (coder == same) {
      return true;
    }
    if (!coder.equals(valueCoder)) {
      return false;
    }
    same = coder;
    return true;
  }
}
