package dev.trestle.runner.group;

import dev.trestle.runner.group.EncodedValues.RecordCursor;
import java.util.Arrays;

/** Makes the windows of one key of all its records. */
final class KeyAssembly {

  private final Reduction reduction;
  private final WindowMerging merging;
  private final WindowRecords format;

  /** The window of each record. */
  private ActiveWindow[] homes = new ActiveWindow[64];

  KeyAssembly(Reduction reduction, WindowMerging merging, WindowRecords format) {
    this.reduction = reduction;
    this.merging = merging;
    this.format = format;
  }

  /** Windows first, aggregates then: so that nothing is aggregated that has to be merged. */
  ActiveWindows assemble(EncodedValues records) {
    ActiveWindows windows = new ActiveWindows();
    int count = 0;
    for (RecordCursor record = records.cursor(); record.next(); ) {
      if (count == homes.length) {
        homes = Arrays.copyOf(homes, 2 * count);
      }
      homes[count++] = merging.joinLoosely(windows, format.window(record.bytes, record.start));
    }
    merging.settle(windows);
    int index = 0;
    for (RecordCursor record = records.cursor(); record.next(); ) {
      ActiveWindow home = homes[index++].current();
      merging.combineTime(home, WindowRecords.time(record.bytes, record.start));
      home.aggregate =
          reduction.addPiece(
              home.aggregate,
              record.bytes,
              WindowRecords.piece(record.bytes, record.start),
              record.end);
    }
    return windows;
  }
}
