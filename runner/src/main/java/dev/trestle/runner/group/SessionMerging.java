package dev.trestle.runner.group;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;

/**
 * Merges intervals that overlap, as {@code Sessions} does. A key's sessions are disjoint, so that a
 * new interval can be compared with each once; mostly it makes the last session longer, which costs
 * two comparisons and no window.
 */
final class SessionMerging extends WindowMerging {

  SessionMerging(Reduction reduction, TimestampCombiner timestamps) {
    super(reduction, timestamps);
  }

  @Override
  ActiveWindow join(ActiveWindows windows, BoundedWindow window) {
    IntervalWindow interval = (IntervalWindow) window;
    long start = interval.start().getMillis();
    long end = interval.end().getMillis() - 1;
    ActiveWindow joined = null;
    for (int i = windows.size() - 1; i >= 0; i--) {
      ActiveWindow session = windows.get(i);
      if (session.start <= end && start <= session.end) {
        start = Math.min(start, session.start);
        end = Math.max(end, session.end);
        if (joined == null) {
          joined = session;
        } else {
          absorb(joined, session);
          windows.remove(i);
        }
        if (joined.start != start || joined.end != end) {
          joined.grow(start, end);
        }
      }
    }
    return joined == null ? windows.add(new ActiveWindow(start, end)) : joined;
  }

  @Override
  ActiveWindow joinLoosely(ActiveWindows windows, BoundedWindow window) {
    return join(windows, window);
  }

  @Override
  void settle(ActiveWindows windows) {}
}
