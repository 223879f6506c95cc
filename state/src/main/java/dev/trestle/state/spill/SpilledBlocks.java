package dev.trestle.state.spill;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of bytes on disk, each written once and taken back once, in any order. Blocks share files,
 * one after the other, so that many small queues need few of them; a file is deleted when the last
 * of its blocks has been taken. Not thread safe.
 */
public final class SpilledBlocks implements AutoCloseable {

  /** A file of this size is followed by another. */
  private static final long FULL = 1L << 28;

  private static final int BUFFER = 1 << 16;

  private final SpillDirectory spill;
  private final long full;
  private final Set<SharedFile> files = new LinkedHashSet<>();
  private @Nullable Open open;

  /** A block's place. Good until it is taken. */
  public static final class Block {

    private final SharedFile file;
    private final long start;
    private final int length;
    private boolean taken;

    private Block(SharedFile file, long start, int length) {
      this.file = file;
      this.start = start;
      this.length = length;
    }
  }

  /** A file and how many of its blocks have not been taken. */
  private static final class SharedFile {

    private final SpillFile file;
    private int blocks;

    SharedFile(SpillFile file) {
      this.file = file;
    }
  }

  /** The file that takes the next block. */
  private static final class Open {

    private final SharedFile shared;
    private final BlockWriter writer;

    Open(SharedFile shared) {
      this.shared = shared;
      writer = new BlockWriter(shared.file, BUFFER);
    }
  }

  public SpilledBlocks(SpillDirectory spill) {
    this(spill, FULL);
  }

  /**
   * @param full number of bytes after which a file is followed by another
   */
  SpilledBlocks(SpillDirectory spill, long full) {
    this.spill = spill;
    this.full = full;
  }

  /** Writes bytes {@code [start, end)} of an array. */
  public Block write(byte[] bytes, int start, int end) {
    Open target = open;
    if (target == null) {
      target = new Open(new SharedFile(new SpillFile(spill, "blocks")));
      open = target;
      files.add(target.shared);
    }
    Block block = new Block(target.shared, target.writer.position(), end - start);
    target.writer.write(bytes, start, end);
    target.shared.blocks++;
    if (target.writer.position() >= full) {
      target.writer.flush();
      open = null;
    }
    return block;
  }

  /** Reads a block that has not been taken, and keeps it. */
  public byte[] read(Block block) {
    if (block.taken) {
      throw new IllegalStateException("This block has been taken");
    }
    if (open != null && open.shared == block.file) {
      open.writer.flush();
    }
    byte[] bytes = new byte[block.length];
    block.file.file.read(block.start, bytes, 0, bytes.length);
    return bytes;
  }

  /**
   * Reads a block and forgets it.
   *
   * @throws IllegalStateException if it has been taken before
   */
  public byte[] take(Block block) {
    byte[] bytes = read(block);
    SharedFile from = block.file;
    block.taken = true;
    if (--from.blocks == 0) {
      from.file.close();
      files.remove(from);
      if (open != null && open.shared == from) {
        open = null;
      }
    }
    return bytes;
  }

  /** Deletes all files. No block can be taken any more. */
  @Override
  public void close() {
    for (SharedFile shared : files) {
      shared.file.close();
    }
    files.clear();
    open = null;
  }
}
