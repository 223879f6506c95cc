package dev.trestle.server.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A line that says for how long a command has been waiting, and for what. Says nothing about short
 * waits, nor where nobody watches. A thread of its own writes it.
 */
final class WaitingLine {

  private static final long QUIET_SECONDS = 2;
  private static final long LOOK_MILLIS = 500;

  private final Terminal terminal;
  private final String what;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread writer = new Thread(this::write, "trestle-waiting-line");

  private WaitingLine(Terminal terminal, String what) {
    this.terminal = terminal;
    this.what = what;
  }

  static WaitingLine start(Terminal terminal, String what) {
    WaitingLine line = new WaitingLine(terminal, what);
    if (Boolean.getBoolean("trestle.terminal")) { // the launcher knows
      line.writer.setDaemon(true);
      line.writer.start();
    }
    return line;
  }

  private void write() {
    long start = System.nanoTime();
    boolean shown = false;
    try {
      while (!end.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        if (seconds >= QUIET_SECONDS) {
          terminal.err().printf("\rwaiting for %s, %d s   ", what, seconds);
          shown = true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (shown) {
        terminal.err().print("\r\033[K");
      }
    }
  }

  /** Wipes the line. */
  void end() throws InterruptedException {
    end.countDown();
    writer.join();
  }
}
