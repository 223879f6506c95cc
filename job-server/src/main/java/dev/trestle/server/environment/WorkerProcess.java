package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.WorkerConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker that is a process of its own, with those that it has started. Its standard output and
 * error go to its log.
 */
final class WorkerProcess implements RunningWorker {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** From here on a status of the shell's kind means a signal. */
  private static final int FIRST_SIGNAL = 128;

  /** For how long the log of a process that has ended is waited for. */
  private static final int LAST_WORDS_MILLIS = 500;

  /** How long a worker whose connection has ended may take to say the rest and end by itself. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ChildProcess child;
  private final WorkerConnection connection;
  private final Reaper reaper;
  private final Duration patience;

  /** Those that have been told to stop. */
  @GuardedBy("this")
  private List<ProcessHandle> family = List.of();

  private WorkerProcess(
      ChildProcess child, WorkerConnection connection, Reaper reaper, Duration patience) {
    this.child = child;
    this.connection = connection;
    this.reaper = reaper;
    this.patience = patience;
  }

  /**
   * Starts it.
   *
   * @param connection is told of what it prints and of its end
   * @param reaper ends it should this process be killed
   * @param patience how long it may take to stop before it is killed
   * @throws IOException if there is no such program
   */
  static WorkerProcess start(
      ProcessBuilder builder, WorkerConnection connection, Reaper reaper, Duration patience)
      throws IOException {
    return of(
        ChildProcess.start(builder, connection.id(), connection::printed),
        connection,
        reaper,
        patience);
  }

  /** One that has been started, whose output the connection is told already. */
  static WorkerProcess of(
      ChildProcess started, WorkerConnection connection, Reaper reaper, Duration patience) {
    ProcessHandle process = started.handle();
    reaper.watch(process);
    started.whenEnded(
        status -> {
          reaper.forget(process);
          connection.died(
              status > FIRST_SIGNAL
                  ? "has been killed by signal " + (status - FIRST_SIGNAL)
                  : "has exited with status " + status);
        });
    return new WorkerProcess(started, connection, reaper, patience);
  }

  @Override
  public synchronized void stop() {
    if (family.isEmpty()) {
      List<ProcessHandle> all = new ArrayList<>(child.handle().descendants().toList());
      all.add(child.handle());
      family = all;
      if (!connection.hasConnected()) {
        all.forEach(ProcessHandle::destroy);
      }
    }
  }

  private synchronized List<ProcessHandle> family() {
    return family;
  }

  @Override
  public void awaitStopped() {
    awaitOwnEnd();
    family().forEach(ProcessHandle::destroy);
    long deadline = System.nanoTime() + patience.toNanos();
    for (ProcessHandle member : family()) {
      if (!hasEnded(member, deadline - System.nanoTime())) {
        LOG.warn("The process {} of an SDK worker does not stop and is killed", member.pid());
        member.destroyForcibly();
        hasEnded(member, patience.toNanos());
      }
    }
    reaper.forget(child.handle());
  }

  /** Before it is told by a signal, which would cost what it has not sent of its log. */
  private void awaitOwnEnd() {
    if (!connection.hasConnected() || !hasEnded(child.handle(), GRACE_NANOS)) {
      return;
    }
    try {
      connection.awaitLog(Duration.ofMillis(LAST_WORDS_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean hasEnded(ProcessHandle member, long nanos) {
    // Java looks only every so often whether a process has ended that it has not started itself.
    Future<?> end = member.equals(child.handle()) ? child.status() : member.onExit();
    try {
      end.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
