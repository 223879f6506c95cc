package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry of the {@link CommitLog}: all that there is of a job from here on, until the next entry.
 *
 * @param slot its number, from 1
 * @param epoch of the process that wrote it: the slot of that process's claim
 * @param lastId the highest id committed so far, 0 if none
 * @param lineage what the job may be restored from, oldest first; each was made by a run that
 *     continued from the one before
 * @param savepoints kept for the user, but not ancestors of what the job does now
 */
record LogEntry(
    long slot,
    long epoch,
    long lastId,
    List<CheckpointRef> lineage,
    List<CheckpointRef> savepoints) {

  static final int FORMAT_VERSION = 1;

  /** What is before the first entry. */
  static final LogEntry NONE = new LogEntry(0, 0, 0, List.of(), List.of());

  private static final int SLOT = 1;
  private static final int EPOCH = 2;
  private static final int LAST_ID = 3;
  private static final int LINEAGE = 4;
  private static final int SAVEPOINT = 5;

  private static final int REF_ID = 1;
  private static final int REF_EPOCH = 2;
  private static final int REF_KIND = 3;

  LogEntry {
    lineage = List.copyOf(lineage);
    savepoints = List.copyOf(savepoints);
  }

  byte[] encode() {
    FieldWriter out =
        new FieldWriter().number(SLOT, slot).number(EPOCH, epoch).number(LAST_ID, lastId);
    lineage.forEach(ref -> out.fields(LINEAGE, encode(ref)));
    savepoints.forEach(ref -> out.fields(SAVEPOINT, encode(ref)));
    return Frame.LOG_ENTRY.wrap(out.toBytes());
  }

  private static FieldWriter encode(CheckpointRef ref) {
    return new FieldWriter()
        .number(REF_ID, ref.id())
        .number(REF_EPOCH, ref.epoch())
        .number(REF_KIND, ManifestFormat.kindNumber(ref.kind()));
  }

  static LogEntry decode(String object, long slot, byte[] bytes) throws IOException {
    Fields in = Frame.LOG_ENTRY.unwrap(object, bytes);
    if (in.number(SLOT) != slot) {
      throw in.malformed("holds entry " + in.number(SLOT));
    }
    return new LogEntry(
        slot,
        in.number(EPOCH),
        in.number(LAST_ID),
        refs(in.nested(LINEAGE)),
        refs(in.nested(SAVEPOINT)));
  }

  private static List<CheckpointRef> refs(List<Fields> all) throws CorruptCheckpointException {
    List<CheckpointRef> refs = new ArrayList<>();
    for (Fields in : all) {
      refs.add(
          new CheckpointRef(
              in.number(REF_ID),
              in.number(REF_EPOCH),
              ManifestFormat.kind(in, in.number(REF_KIND))));
    }
    return refs;
  }
}
