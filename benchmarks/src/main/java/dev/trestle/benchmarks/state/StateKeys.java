package dev.trestle.benchmarks.state;

import dev.trestle.state.KeyGroupRange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Keys of 100 bytes that do not compress, made of numbers. */
final class StateKeys {

  static final int BYTES = 100;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private StateKeys() {}

  /** Writes the key of a number from {@code start} on. */
  static void write(long number, byte[] target, int start) {
    long state = number;
    int at = start;
    for (; at + Long.BYTES <= start + BYTES; at += Long.BYTES) {
      state = mix(state + 0x9E3779B97F4A7C15L);
      LONGS.set(target, at, state);
    }
    for (; at < start + BYTES; at++) {
      target[at] = (byte) state;
    }
  }

  static int keyGroup(long number, KeyGroupRange range) {
    return range.first() + (int) Long.remainderUnsigned(mix(number), range.size());
  }

  /** The finalizer of SplitMix64, a bijection. */
  static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
