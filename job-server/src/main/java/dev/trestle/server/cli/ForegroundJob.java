package dev.trestle.server.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job that somebody waits for: shows its progress, and cancels it when the process is told to
 * stop.
 *
 * <p>{@link #run} belongs to one thread; the shutdown hook is another and reads only the fields
 * that are volatile or final.
 */
final class ForegroundJob {
  private static final Duration LOOK = Duration.millis(500);
  private static final long PATIENCE_SECONDS = 10;

  private final Terminal terminal;
  private final Progress progress;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable PipelineResult job;

  ForegroundJob(Terminal terminal, MetricNameFilter counter) {
    this.terminal = terminal;
    this.progress = new Progress(terminal, counter);
  }

  /**
   * Runs a pipeline to its end: done, or cancelled.
   *
   * @param atStart called before there are results
   * @param atInterrupt called after an interrupt has cancelled the job
   */
  PipelineResult.State run(Pipeline pipeline, Runnable atStart, Runnable atInterrupt) {
    Thread hook = new Thread(() -> interrupt(atInterrupt), "trestle-interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      atStart.run();
      PipelineResult running = pipeline.run();
      job = running;
      PipelineResult.State state = running.waitUntilFinish(LOOK);
      while (state == null) {
        progress.show(running);
        state = running.waitUntilFinish(LOOK);
      }
      return state;
    } finally {
      progress.end();
      ended.countDown();
      removeHook(hook);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook is running.
    }
  }

  private void interrupt(Runnable atInterrupt) {
    PipelineResult running = job;
    try {
      terminal.err().println("\ntrestle: interrupted; the job is cancelled.");
      if (running != null) {
        running.cancel();
        ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (IOException | InterruptedException e) {
      terminal.err().println("trestle: the job could not be cancelled: " + e.getMessage());
    } finally {
      atInterrupt.run();
    }
  }
}
