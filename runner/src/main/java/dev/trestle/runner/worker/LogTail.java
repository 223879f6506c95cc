package dev.trestle.runner.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a log. Any thread may call; the lock guards the lines. */
final class LogTail {

  private static final int MOST_LINES = 100;
  private static final int LONGEST_LINE = 2_000;

  @GuardedBy("this")
  private final Deque<String> lines = new ArrayDeque<>();

  /** Adds text, which may be of several lines. */
  synchronized void add(String text) {
    for (String line : text.lines().toList()) {
      if (lines.size() == MOST_LINES) {
        lines.removeFirst();
      }
      lines.addLast(line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + " …");
    }
  }

  /** The last lines, oldest first, each with a line feed before it. */
  @Override
  public synchronized String toString() {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append('\n').append(line);
    }
    return text.toString();
  }
}
