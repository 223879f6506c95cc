package dev.trestle.state.checkpoint;

import java.util.Arrays;

/** Bytes that never change, compared by content. */
public final class Bytes {

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** A copy of these. */
  public static Bytes of(byte[] content) {
    return new Bytes(content.clone());
  }

  public int length() {
    return content.length;
  }

  /** A copy. */
  public byte[] toArray() {
    return content.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return content.length + " bytes";
  }
}
