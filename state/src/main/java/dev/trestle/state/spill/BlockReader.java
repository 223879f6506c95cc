package dev.trestle.state.spill;

import java.util.Arrays;

/** Reads bytes {@code [start, end)} of a file, block by block. Not thread safe. */
final class BlockReader {

  private final SpillFile file;
  private final long end;

  /** Where in the file the block's first byte stands. */
  private long blockStart;

  private byte[] block;
  private int at;
  private int filled;

  BlockReader(SpillFile file, long start, long end, int blockSize) {
    this.file = file;
    this.end = end;
    blockStart = start;
    block = new byte[(int) Math.min(blockSize, Math.max(end - start, 1))];
  }

  boolean atEnd() {
    return position() == end;
  }

  /** Where in the file the next byte stands. */
  long position() {
    return blockStart + at;
  }

  long readLength() {
    long length = 0;
    int shift = 0;
    byte b;
    do {
      if (at == filled) {
        ensure(1);
      }
      b = block[at++];
      length |= (long) (b & 0x7f) << shift;
      shift += 7;
    } while (b < 0);
    return length;
  }

  /** Passes {@code length} bytes and returns where in {@link #block} they start. */
  int take(int length) {
    ensure(length);
    int start = at;
    at += length;
    return start;
  }

  /** The array that holds what was taken last; good until the next read. */
  byte[] block() {
    return block;
  }

  /** Copies {@code length} bytes to {@code target}. */
  void copy(byte[] target, int offset, int length) {
    int inBlock = Math.min(length, filled - at);
    System.arraycopy(block, at, target, offset, inBlock);
    at += inBlock;
    if (inBlock < length) {
      check(length - inBlock);
      file.read(position(), target, offset + inBlock, offset + length);
      blockStart = position() + length - inBlock;
      at = 0;
      filled = 0;
    }
  }

  void skip(long count) {
    check(count);
    if (count <= filled - at) {
      at += (int) count;
    } else {
      blockStart = position() + count;
      at = 0;
      filled = 0;
    }
  }

  /** Makes sure that {@code count} bytes stand in the block. */
  private void ensure(int count) {
    if (count <= filled - at) {
      return;
    }
    check(count);
    int rest = filled - at;
    if (count > block.length) {
      block = Arrays.copyOfRange(block, at, at + Math.max(count, 2 * block.length));
    } else {
      System.arraycopy(block, at, block, 0, rest);
    }
    blockStart += at;
    at = 0;
    filled = (int) Math.min(block.length, end - blockStart);
    file.read(blockStart + rest, block, rest, filled);
  }

  private void check(long count) {
    if (count < 0 || count > end - position()) {
      throw new IllegalStateException(
          "The spill file "
              + file
              + " is damaged: "
              + count
              + " bytes at "
              + position()
              + " reach beyond "
              + end);
    }
  }
}
