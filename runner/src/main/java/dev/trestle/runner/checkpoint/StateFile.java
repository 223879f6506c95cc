package dev.trestle.runner.checkpoint;

import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.RestoredState;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** A file that {@link StateFileWriter} wrote, for reading. Any number of threads may read. */
public final class StateFile {

  /** What a task's state file is called in its snapshot; its other files have rows. */
  public static final String NAME = "state";

  private final Path path;
  private final Map<SectionName, List<Chunk>> chunks;

  private record SectionName(String step, String section) {}

  private record Chunk(int keyGroup, long start, int length, int records) {}

  private StateFile(Path path, Map<SectionName, List<Chunk>> chunks) {
    this.path = path;
    this.chunks = chunks;
  }

  /**
   * Opens a file and looks what is in it.
   *
   * @throws IOException if it cannot be read, is not such a file or ends too early
   */
  public static StateFile open(Path path) throws IOException {
    Map<SectionName, List<Chunk>> chunks = new HashMap<>();
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() < 2 * Integer.BYTES || file.readInt() != StateFileWriter.MAGIC) {
        throw new IOException(path + " is not a state file");
      }
      int version = file.readInt();
      if (version != StateFileWriter.VERSION) {
        throw new IOException(path + " has the version " + version + ", which is not known");
      }
      while (file.readByte() == StateFileWriter.CHUNK) {
        SectionName name = new SectionName(file.readUTF(), file.readUTF());
        int keyGroup = file.readInt();
        int length = file.readInt();
        int records = file.readInt();
        long start = file.getFilePointer();
        if (start + length > file.length()) {
          throw new EOFException(path + " ends too early");
        }
        chunks
            .computeIfAbsent(name, n -> new ArrayList<>())
            .add(new Chunk(keyGroup, start, length, records));
        file.seek(start + length);
      }
    }
    return new StateFile(path, chunks);
  }

  /** The names of all steps that have records. */
  public Set<String> steps() {
    return chunks.keySet().stream().map(SectionName::step).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * How much there is of a section.
   *
   * @param keyGroups how many key groups have records in it
   * @param bytes of the records, with 4 for the length of each
   */
  public record Section(String step, String name, int keyGroups, long records, long bytes) {}

  /** All sections, by step and name. */
  public List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    chunks.forEach(
        (name, all) ->
            sections.add(
                new Section(
                    name.step,
                    name.section,
                    (int)
                        all.stream()
                            .mapToInt(Chunk::keyGroup)
                            .filter(g -> g >= 0)
                            .distinct()
                            .count(),
                    all.stream().mapToLong(Chunk::records).sum(),
                    all.stream().mapToLong(Chunk::length).sum())));
    sections.sort(Comparator.comparing(Section::step).thenComparing(Section::name));
    return sections;
  }

  /** Chooses records without key group by their number, from 0, and counts them. */
  static final class Dealer {
    private final int index;
    private final int tasks;
    private long next;

    /**
     * Chooses the records of one of so many tasks.
     *
     * @param tasks 1 for all records
     */
    Dealer(int index, int tasks) {
      this.index = index;
      this.tasks = tasks;
    }

    boolean isNextMine() {
      return next++ % tasks == index;
    }
  }

  /**
   * Reads the records of a section.
   *
   * @param keyGroups those whose records are wanted
   */
  void read(
      String step,
      String section,
      IntPredicate keyGroups,
      Dealer dealer,
      RestoredState.Reader reader)
      throws IOException {
    List<Chunk> all = chunks.get(new SectionName(step, section));
    if (all == null) {
      return;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      for (Chunk chunk : all) {
        boolean unkeyed = chunk.keyGroup == StateFileWriter.UNKEYED;
        if (unkeyed || keyGroups.test(chunk.keyGroup)) {
          file.seek(chunk.start);
          byte[] bytes = new byte[chunk.length];
          file.readFully(bytes);
          read(chunk, bytes, unkeyed, dealer, reader);
        }
      }
    }
  }

  private void read(
      Chunk chunk, byte[] bytes, boolean unkeyed, Dealer dealer, RestoredState.Reader reader)
      throws IOException {
    ByteSource source = new ByteSource(bytes, 0, bytes.length);
    DataInputStream in = new DataInputStream(source);
    int position = 0;
    for (int i = 0; i < chunk.records; i++) {
      int length = in.readInt();
      position += Integer.BYTES;
      if (length < 0 || length > bytes.length - position) {
        throw new IOException(path + " has a record of the wrong length");
      }
      if (!unkeyed || dealer.isNextMine()) {
        reader.read(chunk.keyGroup, new ByteSource(bytes, position, position + length));
      }
      position += length;
      in.skipNBytes(length);
    }
  }
}
