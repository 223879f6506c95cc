package dev.trestle.runner.group;

import dev.trestle.runner.operator.Windows;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * What came for one set of windows: a single window, or those that a sliding window fn gives to
 * elements that lie close together. Its aggregates count for each of the windows.
 */
final class WindowSlice {

  /** Flat form of the windows; the slice is found by it. */
  final Object windows;

  final OpenWindow[] members;
  KeyTable table;

  /** The earliest end of a member, in milliseconds. */
  final long firstEnd;

  /** How many members have not taken the slice's aggregates yet. */
  int pending;

  WindowSlice(Object windows, OpenWindow[] members, KeyTable table) {
    this.windows = windows;
    this.members = members;
    this.table = table;
    pending = members.length;
    long first = Long.MAX_VALUE;
    for (OpenWindow member : members) {
      first = Math.min(first, member.end);
      member.slices.add(this);
    }
    firstEnd = first;
  }

  /** Those of the windows that a watermark has not passed: they still need the aggregates. */
  Object windowsFrom(long watermark) {
    if (firstEnd >= watermark) {
      return windows;
    }
    List<BoundedWindow> open = new ArrayList<>(members.length);
    for (OpenWindow member : members) {
      if (member.end >= watermark) {
        open.add(member.window);
      }
    }
    return Windows.flat(open);
  }
}
