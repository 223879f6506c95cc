package dev.trestle.runner.harness;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpilledBlocks;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * Encoded elements that wait in a task for a worker to take them, or for room downstream: in memory
 * as far as the budget has any, else on disk. Belongs to the task's owner.
 */
final class ChunkStore implements AutoCloseable {

  /** What may be in memory although the budget refuses: what is handed on at once goes nowhere. */
  private static final long FREE_BYTES = 1 << 20;

  private final MemoryBudget memory;
  private final SpilledBlocks disk;
  private long unreserved;
  private long reserved;

  /** Some elements. Good until they are taken. */
  static final class Chunk {

    /** Null where they are on disk. */
    private final @Nullable ByteString bytes;

    private final SpilledBlocks.@Nullable Block block;
    private final boolean isReserved;

    private Chunk(
        @Nullable ByteString bytes, SpilledBlocks.@Nullable Block block, boolean isReserved) {
      this.bytes = bytes;
      this.block = block;
      this.isReserved = isReserved;
    }
  }

  ChunkStore(OperatorContext context) {
    memory = context.memory();
    disk = new SpilledBlocks(context.spill());
  }

  Chunk add(ByteString bytes) {
    int size = bytes.size();
    if (unreserved + size <= FREE_BYTES) {
      unreserved += size;
      return new Chunk(bytes, null, false);
    }
    if (memory.tryReserve(size)) {
      reserved += size;
      return new Chunk(bytes, null, true);
    }
    byte[] array = bytes.toByteArray();
    return new Chunk(null, disk.write(array, 0, array.length), false);
  }

  /** The elements of a chunk, which stays. */
  ByteString read(Chunk chunk) {
    if (chunk.block != null) {
      return UnsafeByteOperations.unsafeWrap(disk.read(chunk.block));
    }
    return chunk.bytes == null ? ByteString.EMPTY : chunk.bytes;
  }

  ByteString take(Chunk chunk) {
    ByteString bytes = chunk.bytes;
    if (bytes == null) {
      if (chunk.block == null) {
        throw new IllegalStateException("A chunk is neither in memory nor on disk");
      }
      return UnsafeByteOperations.unsafeWrap(disk.take(chunk.block));
    }
    if (chunk.isReserved) {
      memory.release(bytes.size());
      reserved -= bytes.size();
    } else {
      unreserved -= bytes.size();
    }
    return bytes;
  }

  /** Forgets all chunks. */
  @Override
  public void close() {
    memory.release(reserved);
    reserved = 0;
    disk.close();
  }
}
