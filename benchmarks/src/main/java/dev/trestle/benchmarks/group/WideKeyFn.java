package dev.trestle.benchmarks.group;

import java.nio.ByteBuffer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Makes of each number a key of 100 bytes that is its own, in an order like that of chance. */
final class WideKeyFn extends DoFn<Long, KV<byte[], Long>> {
  private static final long serialVersionUID = 1L;
  private static final int KEY_BYTES = 100;

  @ProcessElement
  public void processElement(@Element Long number, OutputReceiver<KV<byte[], Long>> out) {
    out.output(KV.of(key(number), number));
  }

  /** Begins with an invertible mixture of the number, so no two keys are alike. */
  static byte[] key(long number) {
    ByteBuffer key = ByteBuffer.allocate(KEY_BYTES);
    long state = number;
    while (key.remaining() >= Long.BYTES) {
      state = mix(state + 0x9E3779B97F4A7C15L);
      key.putLong(state);
    }
    while (key.hasRemaining()) {
      key.put((byte) state);
    }
    return key.array();
  }

  /** The finalizer of SplitMix64, a bijection. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
