package dev.trestle.state.table;

/** A value that was restored and that nobody has asked for yet. */
final class EncodedCell {

  private final byte[] bytes;

  EncodedCell(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }
}
