package dev.trestle.state.rocks;

/** A cell as it was read, {@code length} bytes from {@code start}; nobody has asked for it yet. */
final class EncodedCell {

  private final byte[] bytes;
  private final int start;
  private final int length;

  EncodedCell(byte[] bytes, int start, int length) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
  }

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int length() {
    return length;
  }
}
