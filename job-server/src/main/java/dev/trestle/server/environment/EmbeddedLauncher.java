package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.JsonFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs Beam's Java worker on a thread of this process. Where files were staged it has their classes
 * and no others, and its log is that of {@link EmbeddedLog}; else it has those of this process, and
 * logs as that does.
 */
final class EmbeddedLauncher implements WorkerLauncher {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedLauncher.class);

  /**
   * It complains of channels that nobody has shut down, which the harness does with none: see
   * {@link DeadChannels}. Held, because a logger that nobody holds forgets its level.
   */
  private static final java.util.logging.Logger ORPHANS =
      java.util.logging.Logger.getLogger(
          "org.apache.beam.vendor.grpc.v1p69p0.io.grpc.internal.ManagedChannelOrphanWrapper");

  static {
    ORPHANS.setLevel(Level.OFF);
  }

  private static final int LATER_SECONDS = 5;
  private static final String LOG_TO_RUNNER = "beam:option:enable_log_via_fn_api:v1";

  private final Environment environment;
  private final JobDescription job;
  private final WorkerHost host;
  private final Duration stopTimeout;

  @GuardedBy("this")
  private EmbeddedClasses.@Nullable Lease lease;

  EmbeddedLauncher(
      Environment environment, JobDescription job, EnvironmentSettings settings, WorkerHost host) {
    this.environment = environment;
    this.job = job;
    this.host = host;
    this.stopTimeout = settings.stopTimeout();
  }

  @Override
  public RunningWorker launch(WorkerConnection connection) throws IOException, WorkerException {
    Struct options =
        job.pipelineOptions().toBuilder()
            .putFields(LOG_TO_RUNNER, Value.newBuilder().setBoolValue(false).build())
            .build();
    String json = JsonFormat.printer().print(options);
    ClassLoader classes = classes();
    EmbeddedThreads.Group group = host.threads().take(connection);
    Thread thread =
        new Thread(
            group,
            () -> {
              try {
                run(connection, json, classes);
              } finally {
                host.threads().giveBack(group);
              }
            },
            "sdk-worker-" + connection.id());
    thread.setDaemon(true);
    thread.setContextClassLoader(classes);
    thread.start();
    return new WorkerThread(thread, stopTimeout);
  }

  private static void run(WorkerConnection connection, String options, ClassLoader classes) {
    try {
      callHarness(connection, options, classes);
      connection.died("has ended");
    } catch (InvocationTargetException e) {
      connection.died("has ended: " + e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      connection.died("cannot be run by the classes that were staged: " + e);
    }
  }

  /** {@code FnHarness.main}, of the worker's classes and with arguments that are of these. */
  private static void callHarness(WorkerConnection connection, String options, ClassLoader classes)
      throws ReflectiveOperationException {
    Class<?> optionsType = classes.loadClass("org.apache.beam.sdk.options.PipelineOptions");
    Class<?> endpointType =
        classes.loadClass("org.apache.beam.model.pipeline.v1.Endpoints$ApiServiceDescriptor");
    Object readOptions =
        classes
            .loadClass("org.apache.beam.sdk.util.construction.PipelineOptionsTranslation")
            .getMethod("fromJson", String.class)
            .invoke(null, options);
    Object endpoint =
        endpointType
            .getMethod("parseFrom", byte[].class)
            .invoke(null, (Object) connection.endpoint().toByteArray());
    Method main =
        classes
            .loadClass("org.apache.beam.fn.harness.FnHarness")
            .getMethod(
                "main",
                String.class,
                optionsType,
                Set.class,
                endpointType,
                endpointType,
                endpointType);
    try {
      main.invoke(
          null,
          connection.id(),
          readOptions,
          connection.runnerCapabilities(),
          endpoint,
          endpoint,
          null);
    } finally {
      endThreads(optionsType, readOptions, classes);
      forgetOptions(optionsType, readOptions, classes);
    }
  }

  /**
   * The harness leaves a thread of its executor waiting for good, since its process usually ends
   * with it. The options have the executor.
   */
  private static void endThreads(
      Class<?> optionsType, @Nullable Object options, ClassLoader classes)
      throws ReflectiveOperationException {
    Class<?> executorOptions = classes.loadClass("org.apache.beam.sdk.options.ExecutorOptions");
    Object view = optionsType.getMethod("as", Class.class).invoke(options, executorOptions);
    if (executorOptions.getMethod("getScheduledExecutorService").invoke(view)
        instanceof ExecutorService executor) {
      executor.shutdownNow();
    }
  }

  /**
   * Beam holds the options that it has read last for each id, in case a ValueProvider asks, and has
   * no way to give them back.
   */
  private static void forgetOptions(
      Class<?> optionsType, @Nullable Object options, ClassLoader classes) {
    try {
      Field held =
          classes
              .loadClass("org.apache.beam.sdk.options.ValueProvider$RuntimeValueProvider")
              .getDeclaredField("optionsMap");
      held.setAccessible(true);
      Object id = optionsType.getMethod("getOptionsId").invoke(options);
      // Another worker of the same job may have read them since.
      ((Map<?, ?>) held.get(null)).remove(id, options);
    } catch (ReflectiveOperationException e) {
      LOG.warn("The options of an embedded worker stay in memory: its Beam is not as expected", e);
    }
  }

  private synchronized ClassLoader classes() throws IOException, WorkerException {
    if (environment.getDependenciesCount() == 0) {
      return EmbeddedLauncher.class.getClassLoader();
    }
    if (lease == null) {
      lease = host.classes().lease(environment.getDependenciesList(), job.artifacts());
    }
    return lease.classes();
  }

  @Override
  public synchronized void close() {
    if (lease != null) {
      ClassLoader classes = lease.classes();
      DeadChannels.shutDown(classes);
      // A call that a worker has hung up may take a moment to end.
      CompletableFuture.delayedExecutor(LATER_SECONDS, TimeUnit.SECONDS)
          .execute(() -> DeadChannels.shutDown(classes));
      lease.close();
    }
  }

  /** The harness on its thread; it ends when its connection does. */
  private record WorkerThread(Thread thread, Duration stopTimeout) implements RunningWorker {

    @Override
    public void stop() {}

    @Override
    public void awaitStopped() {
      try {
        thread.join(stopTimeout.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (thread.isAlive()) {
        LOG.warn("{} does not stop and is left alone", thread.getName());
      }
    }
  }
}
