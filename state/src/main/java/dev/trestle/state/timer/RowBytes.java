package dev.trestle.state.timer;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;

/** Bytes of a row, to be written again and again without a copy. Not thread safe. */
final class RowBytes {

  private final Buffer buffer = new Buffer();
  private final DataOutputStream out = new DataOutputStream(buffer);

  private static final class Buffer extends ByteArrayOutputStream {
    byte[] array() {
      return buf;
    }
  }

  /** Takes the bytes, from the first one on. */
  DataOutputStream restart() {
    buffer.reset();
    return out;
  }

  /** The array that holds them; its tail beyond {@link #size} means nothing. */
  byte[] array() {
    return buffer.array();
  }

  int size() {
    return buffer.size();
  }
}
