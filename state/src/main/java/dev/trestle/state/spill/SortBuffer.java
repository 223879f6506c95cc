package dev.trestle.state.spill;

import dev.trestle.state.memory.MemoryBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Records in memory, to be sorted by (hash of key, key, insertion).
 *
 * <p>Records stand one after the other in chunks of bytes and are never moved. Sorted are longs
 * only: the upper 40 bits of a key's hash above the record's number. Sorting compares longs in one
 * array; records are looked at only where hashes are equal, which is where keys are, nearly always.
 * The record's number makes the order stable for free.
 */
final class SortBuffer {

  /** Fits into one region of G1 together with the array's header. */
  private static final int CHUNK = (1 << 20) - 16;

  private static final int NUMBER_BITS = 24;
  private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;
  private static final int FIRST_CAPACITY = 1 << 12;

  /** An entry each in {@link #order} and {@link #pointers}. */
  private static final int INDEX_BYTES = 2 * Long.BYTES;

  private final MemoryBudget budget;
  private final long minimum;

  private final List<byte[]> chunks = new ArrayList<>();
  private byte[] chunk = new byte[0];
  private int used;

  /** Hash and record number; in order of these after {@link #sort}. */
  private long[] order = new long[FIRST_CAPACITY];

  /** Chunk number and offset of each record, by record number. */
  private long[] pointers = new long[FIRST_CAPACITY];

  private int size;
  private long allocated = (long) FIRST_CAPACITY * INDEX_BYTES;
  private long reserved;

  /**
   * @param minimum bytes to use without asking
   */
  SortBuffer(MemoryBudget budget, long minimum) {
    this.budget = budget;
    this.minimum = minimum;
  }

  /** The part of a key's hash that decides the order before the key itself does. */
  static long orderOf(byte[] key, int start, int end) {
    return KeyHash.of(key, start, end) & ~NUMBER_MASK;
  }

  /** Adds a record unless memory is used up; an empty buffer takes a record of any size. */
  boolean add(byte[] key, int keyStart, int keyEnd, byte[] value, int valueStart, int valueEnd) {
    int keyLength = keyEnd - keyStart;
    int valueLength = valueEnd - valueStart;
    long needed = 2L * VarLength.MOST_BYTES + keyLength + valueLength;
    if (size == order.length && !growIndex()) {
      return false;
    }
    if (needed > chunk.length - used && !nextChunk(needed)) {
      return false;
    }
    order[size] = orderOf(key, keyStart, keyEnd) | size;
    pointers[size] = (long) (chunks.size() - 1) << Integer.SIZE | used;
    size++;
    used = VarLength.put(chunk, used, keyLength);
    used = VarLength.put(chunk, used, valueLength);
    System.arraycopy(key, keyStart, chunk, used, keyLength);
    used += keyLength;
    System.arraycopy(value, valueStart, chunk, used, valueLength);
    used += valueLength;
    return true;
  }

  private boolean growIndex() {
    if (size > NUMBER_MASK || !allocate((long) size * INDEX_BYTES)) {
      return false;
    }
    order = Arrays.copyOf(order, 2 * size);
    pointers = Arrays.copyOf(pointers, 2 * size);
    return true;
  }

  private boolean nextChunk(long needed) {
    int length = (int) Math.max(CHUNK, Math.min(needed, Integer.MAX_VALUE - 8));
    if (!allocate(length) && size > 0) {
      return false;
    }
    chunk = new byte[length];
    chunks.add(chunk);
    used = 0;
    return true;
  }

  private boolean allocate(long bytes) {
    if (allocated + bytes > minimum) {
      if (!budget.tryReserve(bytes)) {
        return false;
      }
      reserved += bytes;
    }
    allocated += bytes;
    return true;
  }

  int size() {
    return size;
  }

  /** Puts records in order; nothing may be added afterwards, before {@link #clear}. */
  void sort() {
    Arrays.sort(order, 0, size);
    for (int start = 0; start < size; ) {
      int end = start + 1;
      boolean differ = false;
      while (end < size && (order[start] ^ order[end]) >>> NUMBER_BITS == 0) {
        differ |= !sameKey(start, end);
        end++;
      }
      if (differ) {
        sortByKey(start, end);
      }
      start = end;
    }
  }

  /**
   * Different keys with the same hash: among a million records a pair or none, so no need for
   * haste.
   */
  private void sortByKey(int start, int end) {
    Long[] entries = new Long[end - start];
    Arrays.setAll(entries, i -> order[start + i]);
    Arrays.sort(entries, (a, b) -> compareKeys(pointer(a), pointer(b))); // stable
    for (int i = start; i < end; i++) {
      order[i] = entries[i - start];
    }
  }

  private long pointer(long entry) {
    return pointers[(int) (entry & NUMBER_MASK)];
  }

  private int compareKeys(long a, long b) {
    byte[] left = chunkOf(a);
    byte[] right = chunkOf(b);
    int leftStart = keyStart(left, (int) a);
    int rightStart = keyStart(right, (int) b);
    return Arrays.compareUnsigned(
        left,
        leftStart,
        leftStart + VarLength.get(left, (int) a),
        right,
        rightStart,
        rightStart + VarLength.get(right, (int) b));
  }

  /** The end of the group of records that begins at {@code start}; to be called when sorted. */
  int groupEnd(int start) {
    int end = start + 1;
    while (end < size && (order[start] ^ order[end]) >>> NUMBER_BITS == 0 && sameKey(start, end)) {
      end++;
    }
    return end;
  }

  private boolean sameKey(int i, int j) {
    return compareKeys(pointer(order[i]), pointer(order[j])) == 0;
  }

  /** Points {@code key} to the key of the record at {@code position} in the order. */
  void key(int position, ByteSlice key) {
    long pointer = pointer(order[position]);
    byte[] bytes = chunkOf(pointer);
    int start = keyStart(bytes, (int) pointer);
    key.set(bytes, start, start + VarLength.get(bytes, (int) pointer));
  }

  /** Points {@code value} to the value of the record at {@code position} in the order. */
  void value(int position, ByteSlice value) {
    long pointer = pointer(order[position]);
    byte[] bytes = chunkOf(pointer);
    int offset = (int) pointer;
    int keyLength = VarLength.get(bytes, offset);
    offset += VarLength.size(keyLength);
    int valueLength = VarLength.get(bytes, offset);
    int start = offset + VarLength.size(valueLength) + keyLength;
    value.set(bytes, start, start + valueLength);
  }

  private byte[] chunkOf(long pointer) {
    return chunks.get((int) (pointer >>> Integer.SIZE));
  }

  /** Where the key begins of the record at {@code offset}. */
  private static int keyStart(byte[] bytes, int offset) {
    int at = offset;
    while (bytes[at++] < 0) {}
    while (bytes[at++] < 0) {}
    return at;
  }

  /** Forgets all records and gives memory back, so that others get their share of it. */
  void clear() {
    budget.release(reserved);
    reserved = 0;
    chunks.clear();
    chunk = new byte[0];
    used = 0;
    size = 0;
    order = new long[FIRST_CAPACITY];
    pointers = new long[FIRST_CAPACITY];
    allocated = (long) FIRST_CAPACITY * INDEX_BYTES;
  }
}
