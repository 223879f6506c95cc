package dev.trestle.validates.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Processes together with those that they have started. None of them outlives this process, unless
 * it is killed.
 */
public final class ProcessTree {
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> RUNNING.forEach(process -> end(process, Duration.ofSeconds(5)))));
  }

  private ProcessTree() {}

  /** Starts a process that somebody is going to end with {@link #end}. */
  public static Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    RUNNING.add(process);
    return process;
  }

  /**
   * Asks the process to end, and kills what is left of it and of its children after the grace.
   *
   * @param grace zero to kill at once
   */
  public static void end(Process process, Duration grace) {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    boolean interrupted = false;
    if (!grace.isZero()) {
      process.destroy();
      try {
        process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    Stream.concat(process.descendants(), all.stream()).forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    RUNNING.remove(process);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
