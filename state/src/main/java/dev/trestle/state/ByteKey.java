package dev.trestle.state;

import java.util.Arrays;

/**
 * An encoded key: a slice of bytes that is compared by content. Mutable, so that one instance can
 * probe a hash table for many keys without allocation; {@link #copy} makes one to keep. Not thread
 * safe.
 */
public final class ByteKey {

  private byte[] bytes;
  private int start;
  private int end;
  private int hash;

  /** A probe that holds nothing yet. */
  public ByteKey() {
    this(new byte[0], 0, 0);
  }

  public ByteKey(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    set(bytes, start, end);
  }

  /** Makes this the key in {@code bytes[start, end)}. */
  public void set(byte[] source, int from, int to) {
    bytes = source;
    start = from;
    end = to;
    hash = hash(source, from, to);
  }

  /** A key of its own bytes, safe to keep. */
  public ByteKey copy() {
    byte[] own = Arrays.copyOfRange(bytes, start, end);
    return new ByteKey(own, 0, own.length);
  }

  public byte[] bytes() {
    return bytes;
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  public int length() {
    return end - start;
  }

  /** The hash of a slice, the same on every machine and in every version: it decides key groups. */
  public static int hash(byte[] bytes, int start, int end) {
    int h = 1;
    for (int i = start; i < end; i++) {
      h = 31 * h + bytes[i];
    }
    return h;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteKey that
        && hash == that.hash
        && Arrays.equals(bytes, start, end, that.bytes, that.start, that.end);
  }

  @Override
  public String toString() {
    return "ByteKey(" + length() + " bytes, hash " + Integer.toHexString(hash) + ")";
  }
}
