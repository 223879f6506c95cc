package dev.trestle.state.spill;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 64-bit hash of bytes whose upper bits are as good as its lower ones: eight bytes a step, each
 * mixed in by a multiplication and a shift, after wyhash and murmur3. It orders keys within a
 * sorter and leaves the process only in temporary files.
 */
final class KeyHash {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long STEP = 0x9e3779b97f4a7c15L;
  private static final long MIX = 0xbf58476d1ce4e5b9L;
  private static final long LAST = 0x94d049bb133111ebL;

  private KeyHash() {}

  static long of(byte[] bytes, int start, int end) {
    long h = STEP * (end - start + 1);
    int at = start;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      h = step(h, (long) LONGS.get(bytes, at));
    }
    if (at < end) {
      long tail = 0;
      for (int i = end - 1; i >= at; i--) {
        tail = (tail << Byte.SIZE) | (bytes[i] & 0xff);
      }
      h = step(h, tail);
    }
    h = (h ^ (h >>> 27)) * LAST;
    return h ^ (h >>> 31);
  }

  private static long step(long h, long next) {
    long mixed = (h ^ next) * MIX;
    return (mixed ^ (mixed >>> 32)) * STEP;
  }
}
