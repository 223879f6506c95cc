package dev.trestle.state.spill;

import java.util.Arrays;

/**
 * Writes runs, sorted sequences of groups, one after the other into a file. A group is the length
 * of its key, the length of its values together, the key, and each value with its length in front.
 */
final class RunWriter {

  private static final int BLOCK = 1 << 18;

  private final SpillFile file;
  private final BlockWriter out;
  private long[] ends = new long[16];
  private int runs;

  RunWriter(SpillFile file) {
    this.file = file;
    out = new BlockWriter(file, BLOCK);
  }

  /** Writes the records of a sorted buffer as one run. */
  void writeRun(SortBuffer buffer) {
    ByteSlice key = new ByteSlice();
    ByteSlice value = new ByteSlice();
    for (int start = 0; start < buffer.size(); ) {
      int end = buffer.groupEnd(start);
      long length = 0;
      for (int i = start; i < end; i++) {
        buffer.value(i, value);
        length += VarLength.size(value.length()) + value.length();
      }
      buffer.key(start, key);
      startGroup(key.bytes(), key.start(), key.end(), length);
      for (int i = start; i < end; i++) {
        buffer.value(i, value);
        out.writeLength(value.length());
        out.write(value.bytes(), value.start(), value.end());
      }
      start = end;
    }
    endRun();
  }

  void startGroup(byte[] key, int keyStart, int keyEnd, long valuesLength) {
    out.writeLength(keyEnd - keyStart);
    out.writeLength(valuesLength);
    out.write(key, keyStart, keyEnd);
  }

  /** Writes values, or a part of them, as they stand in another run. */
  void writeValues(byte[] bytes, int start, int end) {
    out.write(bytes, start, end);
  }

  void endRun() {
    out.flush();
    if (runs == ends.length) {
      ends = Arrays.copyOf(ends, 2 * runs);
    }
    ends[runs++] = out.position();
  }

  SpillFile file() {
    return file;
  }

  /** The number of runs written. */
  int runs() {
    return runs;
  }

  long runStart(int run) {
    return run == 0 ? 0 : ends[run - 1];
  }

  long runEnd(int run) {
    return ends[run];
  }
}
