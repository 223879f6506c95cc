package dev.trestle.state.spill;

import dev.trestle.state.memory.MemoryBudget;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Groups merged from runs on disk. The values of a small group are copied into memory while the
 * runs are merged; of a large one the first are, and for the rest it is remembered where they
 * stand, to be read again by every iteration.
 */
final class MergedGroups implements SortedGroups {

  /** Bytes of values to keep in memory for one group. */
  private static final int MOST_IN_MEMORY = 1 << 18;

  private static final int ITERATION_BLOCK = 1 << 16;

  private final RunWriter written;
  private final RunMerger merger;
  private final MemoryBudget budget;
  private long reserved;
  private final Iterable<ByteSlice> values = Values::new;

  private byte[] key = new byte[64];
  private int keyLength;

  /** The first values of the group, as they stand in the runs. */
  private byte[] memory = new byte[1024];

  private int inMemory;

  /** Start and end in the file of further values. */
  private long[] segments = new long[2];

  private int segmentCount;

  /** Counts groups, to catch an iterator used too late. */
  private long group;

  /**
   * @param reserved bytes of the budget to give back on close
   */
  MergedGroups(
      RunWriter written,
      int firstRun,
      int endRun,
      int blockSize,
      MemoryBudget budget,
      long reserved) {
    this.written = written;
    this.budget = budget;
    this.reserved = reserved;
    merger = new RunMerger(written, firstRun, endRun, blockSize);
  }

  @Override
  public boolean nextKey() {
    group++;
    inMemory = 0;
    segmentCount = 0;
    RunReader run = merger.least();
    if (run.exhausted()) {
      return false;
    }
    keyLength = run.keyLength();
    if (keyLength > key.length) {
      key = new byte[Math.max(keyLength, 2 * key.length)];
    }
    run.copyKey(key);
    do {
      takeValues(run);
      merger.advance();
      run = merger.least();
    } while (!run.exhausted() && run.hasKey(key, keyLength));
    return true;
  }

  private void takeValues(RunReader run) {
    long needed = inMemory + run.valuesLength();
    if (segmentCount == 0 && needed <= MOST_IN_MEMORY) {
      if (needed > memory.length) {
        memory = Arrays.copyOf(memory, Integer.highestOneBit((int) needed) << 1);
      }
      run.copyValues(memory, inMemory);
      inMemory = (int) needed;
    } else {
      if (2 * segmentCount == segments.length) {
        segments = Arrays.copyOf(segments, 2 * segments.length);
      }
      segments[2 * segmentCount] = run.valuesStart();
      segments[2 * segmentCount + 1] = run.valuesStart() + run.valuesLength();
      segmentCount++;
      run.skipValues();
    }
  }

  /** Writes the present group into another run. */
  void writeTo(RunWriter target) {
    long length = inMemory;
    for (int i = 0; i < segmentCount; i++) {
      length += segments[2 * i + 1] - segments[2 * i];
    }
    target.startGroup(key, 0, keyLength, length);
    target.writeValues(memory, 0, inMemory);
    for (int i = 0; i < segmentCount; i++) {
      long end = segments[2 * i + 1];
      BlockReader in = new BlockReader(written.file(), segments[2 * i], end, ITERATION_BLOCK);
      while (!in.atEnd()) {
        int count = (int) Math.min(ITERATION_BLOCK, end - in.position());
        int start = in.take(count);
        target.writeValues(in.block(), start, start + count);
      }
    }
  }

  @Override
  public byte[] keyBytes() {
    return key;
  }

  @Override
  public int keyStart() {
    return 0;
  }

  @Override
  public int keyEnd() {
    return keyLength;
  }

  @Override
  public Iterable<ByteSlice> values() {
    return values;
  }

  @Override
  public void close() {
    group++;
    written.file().close();
    budget.release(reserved);
    reserved = 0;
  }

  /** First the values in memory, then segment by segment. */
  private final class Values implements Iterator<ByteSlice> {

    private final long ofGroup = group;
    private final ByteSlice slice = new ByteSlice();
    private int at;
    private int nextSegment;
    private BlockReader segment = new BlockReader(written.file(), 0, 0, 1);

    @Override
    public boolean hasNext() {
      if (ofGroup != group) {
        throw new IllegalStateException("The cursor has left the key of these values");
      }
      return at < inMemory || !segment.atEnd() || nextSegment < segmentCount;
    }

    @Override
    public ByteSlice next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (at < inMemory) {
        int length = VarLength.get(memory, at);
        at += VarLength.size(length);
        slice.set(memory, at, at + length);
        at += length;
        return slice;
      }
      if (segment.atEnd()) {
        segment =
            new BlockReader(
                written.file(),
                segments[2 * nextSegment],
                segments[2 * nextSegment + 1],
                ITERATION_BLOCK);
        nextSegment++;
      }
      int length = (int) segment.readLength();
      int start = segment.take(length);
      slice.set(segment.block(), start, start + length);
      return slice;
    }
  }
}
