package dev.trestle.state.spill;

import dev.trestle.state.memory.MemoryBudget;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of byte records to append to and to iterate over, any number of times. In memory until
 * the budget refuses more, then on disk but for the tail. A small log costs a small array.
 *
 * <p>One thread writes and reads. After {@link #seal} nothing can be appended, and any number of
 * threads may iterate, each on an iterator of its own, as soon as they have got the log in a way
 * that makes its content visible to them.
 */
public final class SpillingLog implements Iterable<ByteSlice>, AutoCloseable {

  private static final int FIRST_CHUNK = 1 << 9;
  private static final int MOST_CHUNK = (1 << 20) - 16;

  /** The tail of a log that has spilled; also what a log may use without asking. */
  private static final int TAIL = 1 << 16;

  private static final int ITERATION_BLOCK = 1 << 16;
  private static final byte[] NOTHING = new byte[0];

  private final MemoryBudget budget;
  private final SpillDirectory spill;

  /** Full chunks with their number of bytes; empty once the log has spilled. */
  private final List<Chunk> chunks = new ArrayList<>();

  private @Nullable SpillFile file;
  private byte[] tail = NOTHING;
  private int used;
  private long size;
  private long allocated;
  private long reserved;
  private boolean sealed;

  private static final class Chunk {
    final byte[] bytes;
    final int used;

    Chunk(byte[] bytes, int used) {
      this.bytes = bytes;
      this.used = used;
    }
  }

  public SpillingLog(MemoryBudget budget, SpillDirectory spill) {
    this.budget = budget;
    this.spill = spill;
  }

  /** Appends a record, copying it. Iterators made before can no longer be used. */
  public void append(byte[] bytes, int start, int end) {
    if (sealed) {
      throw new IllegalStateException("This log is sealed");
    }
    int length = end - start;
    long needed = (long) VarLength.MOST_BYTES + length;
    if (needed > tail.length - used) {
      makeRoom((int) Math.min(needed, Integer.MAX_VALUE - 8));
    }
    used = VarLength.put(tail, used, length);
    System.arraycopy(bytes, start, tail, used, length);
    used += length;
    size++;
  }

  private void makeRoom(int needed) {
    if (file == null) {
      int next = Math.max(needed, Math.min(MOST_CHUNK, Math.max(FIRST_CHUNK, 2 * tail.length)));
      if (allocate(next)) {
        if (used > 0) {
          chunks.add(new Chunk(tail, used));
        }
        tail = new byte[next];
        used = 0;
        return;
      }
      file = spillAll();
    }
    file.append(tail, 0, used);
    used = 0;
    if (tail.length < needed || tail.length > Math.max(needed, TAIL)) {
      tail = new byte[Math.max(needed, TAIL)];
    }
  }

  private boolean allocate(int bytes) {
    if (allocated + bytes > TAIL) {
      if (!budget.tryReserve(bytes)) {
        return false;
      }
      reserved += bytes;
    }
    allocated += bytes;
    return true;
  }

  /** Writes all full chunks and gives their memory back. */
  private SpillFile spillAll() {
    SpillFile target = new SpillFile(spill, "log");
    try {
      for (Chunk chunk : chunks) {
        target.append(chunk.bytes, 0, chunk.used);
      }
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
    chunks.clear();
    budget.release(reserved);
    reserved = 0;
    return target;
  }

  /** The number of records. */
  public long size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Ends writing; from here on many threads may read. */
  public void seal() {
    sealed = true;
  }

  /** All records in the order of appending. The slice is the same object at every step. */
  @Override
  public Iterator<ByteSlice> iterator() {
    return new Records();
  }

  /** Forgets all records and releases memory and disk; the log can be written again. */
  public void clear() {
    chunks.clear();
    tail = NOTHING;
    used = 0;
    size = 0;
    allocated = 0;
    sealed = false;
    budget.release(reserved);
    reserved = 0;
    SpillFile old = file;
    if (old != null) {
      old.close();
      file = null;
    }
  }

  @Override
  public void close() {
    clear();
    sealed = true;
  }

  private final class Records implements Iterator<ByteSlice> {

    private final ByteSlice slice = new ByteSlice();
    private final long expected = size;
    private final @Nullable BlockReader disk =
        file == null ? null : new BlockReader(file, 0, file.size(), ITERATION_BLOCK);
    private long given;
    private int nextChunk;
    private byte[] bytes = NOTHING;
    private int at;
    private int end;

    @Override
    public boolean hasNext() {
      if (expected != size) {
        throw new ConcurrentModificationException("The log was changed during an iteration");
      }
      return given < expected;
    }

    @Override
    public ByteSlice next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      given++;
      if (disk != null && !disk.atEnd()) {
        int length = (int) disk.readLength();
        int start = disk.take(length);
        slice.set(disk.block(), start, start + length);
        return slice;
      }
      if (at == end) {
        nextChunk();
      }
      int length = VarLength.get(bytes, at);
      at += VarLength.size(length);
      slice.set(bytes, at, at + length);
      at += length;
      return slice;
    }

    private void nextChunk() {
      if (nextChunk < chunks.size()) {
        Chunk chunk = chunks.get(nextChunk++);
        bytes = chunk.bytes;
        end = chunk.used;
      } else {
        bytes = tail;
        end = used;
      }
      at = 0;
    }
  }
}
