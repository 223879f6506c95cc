package dev.trestle.state.spill;

/** Collects bytes into blocks and appends them to a file. */
final class BlockWriter {

  private final SpillFile file;
  private final byte[] block;
  private int used;

  BlockWriter(SpillFile file, int blockSize) {
    this.file = file;
    block = new byte[blockSize];
  }

  /** Where the next byte will stand in the file. */
  long position() {
    return file.size() + used;
  }

  /** Writes a length: 7 bits a byte, low ones first. */
  void writeLength(long length) {
    if (block.length - used < VarLength.MOST_BYTES) {
      flush();
    }
    used = VarLength.put(block, used, length);
  }

  void write(byte[] bytes, int start, int end) {
    int length = end - start;
    if (length > block.length - used) {
      flush();
      if (length > block.length) {
        file.append(bytes, start, end);
        return;
      }
    }
    System.arraycopy(bytes, start, block, used, length);
    used += length;
  }

  void flush() {
    file.append(block, 0, used);
    used = 0;
  }
}
