package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import java.io.IOException;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Active windows as bytes: window, first timestamp, flags, number of firings, of those since the
 * end, of elements, combined timestamp, aggregate.
 */
final class ActiveWindowRecords {

  private static final int ENDED = 1;
  private static final int HELD = 1 << 1;

  private final GroupRecords records;

  ActiveWindowRecords(GroupRecords records) {
    this.records = records;
  }

  /** Writes a window, which may be used on. */
  void write(ActiveWindow window, ByteSink out) throws IOException {
    records.writeWindows(window.window(), out);
    out.writeLong(window.start);
    out.write((window.ended ? ENDED : 0) | (window.held ? HELD : 0));
    out.writeInt(window.firings);
    out.writeInt(window.firingsSinceEnd);
    out.writeLong(window.count);
    out.writeLong(window.time);
    records.writeAggregate(window.aggregate, out);
  }

  ActiveWindow read(ByteSource in) throws IOException {
    ActiveWindow window = new ActiveWindow((BoundedWindow) records.readWindows(in));
    window.start = GroupRecords.readLong(in);
    int flags = in.read();
    window.ended = (flags & ENDED) != 0;
    window.held = (flags & HELD) != 0;
    window.firings = GroupRecords.readInt(in);
    window.firingsSinceEnd = GroupRecords.readInt(in);
    window.count = GroupRecords.readLong(in);
    window.time = GroupRecords.readLong(in);
    window.aggregate = records.readAggregate(in);
    return window;
  }
}
