package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.Sample;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.runner.worker.WorkerProvision;
import dev.trestle.runner.worker.WorkerServer;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker of an environment, and after its death the next one. Who asks while it is being started
 * waits on {@link #starting}; the monitor guards what has to be stopped, and is never held for
 * long.
 */
final class WorkerSlot {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerSlot.class);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 6;
  private static final String LET_GO = "The job has let go of its SDK workers";

  private final String name;
  private final WorkerServer server;
  private final JobDescription job;
  private final Environment environment;
  private final WorkerLauncher launcher;
  private final EnvironmentSettings settings;
  private final ReentrantLock starting = new ReentrantLock();

  @GuardedBy("this")
  private @Nullable WorkerConnection connection;

  @GuardedBy("this")
  private @Nullable RunningWorker running;

  /** Who starts one. */
  @GuardedBy("this")
  private @Nullable Thread starter;

  @GuardedBy("this")
  private boolean stopped;

  /**
   * @param name with which the ids of its workers begin
   */
  WorkerSlot(
      String name,
      WorkerServer server,
      JobDescription job,
      Environment environment,
      WorkerLauncher launcher,
      EnvironmentSettings settings) {
    this.name = name;
    this.server = server;
    this.job = job;
    this.environment = environment;
    this.launcher = launcher;
    this.settings = settings;
  }

  /**
   * The worker, which is started if there is none. Blocks until it has connected.
   *
   * @throws WorkerException if it does not
   */
  SdkWorker worker() throws WorkerException, InterruptedException {
    starting.lockInterruptibly();
    try {
      WorkerConnection there = current();
      if (there != null && there.gone() == null) {
        return there;
      }
      end(there);
      return start();
    } finally {
      starting.unlock();
    }
  }

  /**
   * Begins to start the worker, for whoever asks. If that fails who asks tries again, and hears.
   */
  void startAhead() {
    Thread thread =
        new Thread(
            () -> {
              try {
                worker();
              } catch (WorkerException | InterruptedException e) {
                LOG.debug("{} has not been started ahead", name, e);
              }
            },
            "start-of-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized @Nullable WorkerConnection current() {
    return connection;
  }

  private SdkWorker start() throws WorkerException, InterruptedException {
    WorkerConnection expected = expect();
    boolean connected = false;
    try {
      keep(launcher.launch(expected));
      SdkWorker worker =
          expected.connected().get(settings.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
      connected = true;
      return worker;
    } catch (IOException e) {
      throw new WorkerException("No SDK worker can be started: " + e, e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof WorkerException cause
          ? cause
          : new WorkerException("No SDK worker can be started", e);
    } catch (TimeoutException e) {
      expected.died("has not connected within " + settings.startTimeout().toSeconds() + " s");
      WorkerException gone = expected.gone();
      throw gone == null ? new WorkerException("The SDK worker does not connect", e) : gone;
    } catch (InterruptedException e) {
      if (isStopped()) {
        throw new WorkerException(LET_GO, e);
      }
      throw e;
    } finally {
      endStart();
      if (!connected) {
        end(expected);
      }
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  /**
   * From here on nobody interrupts who has started it; nor has anybody who is still to be heard.
   */
  private synchronized void endStart() {
    starter = null;
    if (stopped) {
      Thread.interrupted();
    }
  }

  private synchronized WorkerConnection expect() throws WorkerException {
    if (stopped) {
      throw new WorkerException(LET_GO);
    }
    starter = Thread.currentThread();
    byte[] secret = new byte[SECRET_BYTES];
    RANDOM.nextBytes(secret);
    connection =
        server.expect(
            name + "-" + HexFormat.of().formatHex(secret),
            new WorkerProvision(
                job.pipelineOptions(),
                environment.getDependenciesList(),
                Map.of("job_id", job.id(), "job_name", job.name())),
            job.artifacts(),
            job.log());
    return connection;
  }

  private synchronized void keep(RunningWorker started) {
    running = started;
    if (stopped) {
      started.stop();
    }
  }

  /** Ends a worker that is gone, or has not come, and waits until it has ended. */
  private void end(@Nullable WorkerConnection ended) {
    if (ended != null) {
      ended.close();
    }
    RunningWorker process;
    synchronized (this) {
      process = running;
      running = null;
    }
    if (process != null) {
      process.stop();
      process.awaitStopped();
    }
  }

  /**
   * Waits until the worker has finalized what is durable.
   *
   * @param deadline by {@link System#nanoTime()}
   */
  void awaitFinalized(long deadline) {
    WorkerConnection there = current();
    if (there != null) {
      try {
        there.awaitFinalized(Duration.ofNanos(deadline - System.nanoTime()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Has the worker stop, and no other started. */
  synchronized void stop() {
    stopped = true;
    if (connection != null) {
      connection.close();
    }
    if (running != null) {
      running.stop();
    }
    if (starter != null) {
      starter.interrupt(); // it may be installing something
    }
  }

  /** What the worker has sampled, if there is one. */
  CompletableFuture<List<Sample>> samples() {
    WorkerConnection there = current();
    return there == null || !there.hasConnected() || there.gone() != null
        ? CompletableFuture.completedFuture(List.of())
        : there.samples();
  }

  /** Waits until it has stopped, one that is just being started included. */
  void awaitStopped() {
    starting.lock();
    try {
      end(current());
    } finally {
      starting.unlock();
    }
  }
}
