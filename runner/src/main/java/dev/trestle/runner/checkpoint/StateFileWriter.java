package dev.trestle.runner.checkpoint;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.SnapshotWriter;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the state of one task to a file.
 *
 * <p>After the magic number and the version come chunks, and a zero byte at the end. A chunk is a
 * one byte, the names of the step and of the section (as {@code DataOutput.writeUTF} does it), the
 * key group or -1, the number of bytes that follow, the number of records, and these, each behind
 * its length. All numbers are 32 bits, highest byte first. A key group may have any number of
 * chunks. Belongs to the task's owner.
 */
public final class StateFileWriter implements AutoCloseable {

  static final int MAGIC = 0x54525354;
  static final int VERSION = 1;
  static final int CHUNK = 1;
  static final int END = 0;

  /** The key group of records that have none. */
  static final int UNKEYED = -1;

  /** So much is gathered before it is written. */
  private static final long MOST_GATHERED = 4 << 20;

  private final DataOutputStream out;
  private final int keyGroups;
  private final Map<SectionName, Chunks> sections = new LinkedHashMap<>();
  private @Nullable Chunk open;
  private long gathered;

  private record SectionName(String step, String section) {}

  /** Records of one section and key group that have not been written. */
  private static final class Chunk {
    final ByteSink bytes = new ByteSink();
    int records;
    int lengthAt;
  }

  private final class Chunks implements SnapshotWriter.Section {

    private final @Nullable Chunk[] byGroup = new @Nullable Chunk[keyGroups + 1];

    @Override
    public ByteSink keyed(int keyGroup) {
      return begin(keyGroup + 1);
    }

    @Override
    public ByteSink unkeyed() {
      return begin(0);
    }

    private ByteSink begin(int place) {
      endRecord();
      Chunk chunk = byGroup[place];
      if (chunk == null) {
        chunk = new Chunk();
        byGroup[place] = chunk;
      }
      chunk.lengthAt = chunk.bytes.size();
      chunk.bytes.writeInt(0);
      chunk.records++;
      open = chunk;
      return chunk.bytes;
    }

    private void write(SectionName name) throws IOException {
      for (int place = 0; place < byGroup.length; place++) {
        Chunk chunk = byGroup[place];
        if (chunk != null) {
          out.writeByte(CHUNK);
          out.writeUTF(name.step);
          out.writeUTF(name.section);
          out.writeInt(place == 0 ? UNKEYED : place - 1);
          out.writeInt(chunk.bytes.size());
          out.writeInt(chunk.records);
          out.write(chunk.bytes.array(), 0, chunk.bytes.size());
          byGroup[place] = null;
        }
      }
    }
  }

  /**
   * Begins a file, which must not exist.
   *
   * @param keyGroups of the job
   */
  public StateFileWriter(Path file, int keyGroups) throws IOException {
    this.keyGroups = keyGroups;
    out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
  }

  /** Takes the snapshot of a step; may be asked for again. */
  public SnapshotWriter step(String name) {
    return section -> sections.computeIfAbsent(new SectionName(name, section), n -> new Chunks());
  }

  private void endRecord() {
    Chunk last = open;
    if (last == null) {
      return;
    }
    open = null;
    int length = last.bytes.size() - last.lengthAt - Integer.BYTES;
    last.bytes.setInt(last.lengthAt, length);
    gathered += length + Integer.BYTES;
    if (gathered > MOST_GATHERED) {
      try {
        writeGathered();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void writeGathered() throws IOException {
    for (Map.Entry<SectionName, Chunks> section : sections.entrySet()) {
      section.getValue().write(section.getKey());
    }
    gathered = 0;
  }

  /** Completes the file. */
  public void finish() throws IOException {
    endRecord();
    writeGathered();
    out.writeByte(END);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
