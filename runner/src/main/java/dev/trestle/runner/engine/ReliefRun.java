package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.SingleWriterChannel;
import java.util.function.BooleanSupplier;

/**
 * What a thread does whose DoFn bursts far above a channel's mark in the middle of a call: it runs
 * the readers downstream until there is room. Only tasks further downstream are run, so this ends,
 * and the thread never waits for a task that waits for it.
 */
final class ReliefRun {

  private ReliefRun() {}

  /**
   * Makes room, or returns when the reader cannot take anything at the moment and waits for nobody
   * but other tasks.
   *
   * @param pause lets those go on for a moment for whom the reader waits
   */
  static void relieve(SingleWriterChannel channel, BooleanSupplier stopped, Runnable pause) {
    Task reader = (Task) channel.reader();
    while (channel.isAboveMark() && !reader.isDone() && !stopped.getAsBoolean()) {
      if (!reader.claimForRelief()) {
        pause.run();
        continue;
      }
      long before = channel.charge();
      reader.relieveWriters();
      reader.run();
      if (channel.charge() >= before) {
        if (!reader.isAwaiting()) {
          return;
        }
        pause.run();
      }
    }
  }
}
