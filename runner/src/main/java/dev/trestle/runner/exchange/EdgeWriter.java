package dev.trestle.runner.exchange;

import dev.trestle.runner.operator.Receiver;

/** One task's end of one edge. Called only by the thread that runs the task. */
public interface EdgeWriter extends Receiver {

  /** Hands on what has been gathered, full or not. */
  void flush();

  /** Sends to every task at the other end, after what has been gathered. */
  void broadcast(StreamItem item);

  /** Whether a channel has more in flight than it should. */
  boolean isAboveMark();

  /** Makes room in channels that have more in flight than they should. */
  void relieve();
}
