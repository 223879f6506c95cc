package dev.trestle.state.rocks;

import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A buffer that grows, for keys and values of rows. Numbers are big endian. Not thread safe. */
final class RowOutput extends OutputStream implements DataOutput {

  private static final int LEAST = 256;
  private static final int MOST = Integer.MAX_VALUE - 16;

  private byte[] bytes = new byte[LEAST];
  private int size;

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Cuts off what is beyond {@code newSize}. */
  void truncate(int newSize) {
    size = newSize;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, size);
  }

  private void need(int more) {
    if (bytes.length - size < more) {
      long wanted = Math.max(size + (long) more, size + (size >> 1));
      if (size + (long) more > MOST) {
        throw new IllegalStateException("A value of more than 2 GB in keyed state");
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(MOST, wanted));
    }
  }

  @Override
  public void write(int b) {
    need(1);
    bytes[size++] = (byte) b;
  }

  @Override
  public void write(byte[] source) {
    write(source, 0, source.length);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    need(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  /** Seven bits a byte, the lowest first. */
  void writeVarInt(int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      write(rest | 0x80);
      rest >>>= 7;
    }
    write(rest);
  }

  /** Says before the bytes from {@code start} on how many they are. */
  void prefixLength(int start) {
    int length = size - start;
    int width = 1;
    for (int rest = length >>> 7; rest != 0; rest >>>= 7) {
      width++;
    }
    need(width);
    System.arraycopy(bytes, start, bytes, start + width, length);
    size = start;
    writeVarInt(length);
    size += length;
  }

  @Override
  public void writeBoolean(boolean value) {
    write(value ? 1 : 0);
  }

  @Override
  public void writeByte(int value) {
    write(value);
  }

  @Override
  public void writeShort(int value) {
    write(value >>> 8);
    write(value);
  }

  @Override
  public void writeChar(int value) {
    writeShort(value);
  }

  @Override
  public void writeInt(int value) {
    writeShort(value >>> 16);
    writeShort(value);
  }

  @Override
  public void writeLong(long value) {
    writeInt((int) (value >>> 32));
    writeInt((int) value);
  }

  @Override
  public void writeFloat(float value) {
    writeInt(Float.floatToIntBits(value));
  }

  @Override
  public void writeDouble(double value) {
    writeLong(Double.doubleToLongBits(value));
  }

  @Override
  public void writeBytes(String text) {
    write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void writeChars(String text) {
    for (int i = 0; i < text.length(); i++) {
      writeChar(text.charAt(i));
    }
  }

  @Override
  public void writeUTF(String text) throws IOException {
    new DataOutputStream(this).writeUTF(text);
  }
}
