package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.SdkHarnessOptions;
import org.apache.beam.sdk.util.construction.PipelineOptionsTranslation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs Beam's Java worker on a thread of this process. User code sees the classes of this process
 * first, Beam's above all, and behind them the files that were staged. It logs as this process
 * does.
 */
final class EmbeddedLauncher implements WorkerLauncher {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedLauncher.class);

  private final Environment environment;
  private final JobDescription job;
  private final Duration stopTimeout;
  private final Reaper reaper;
  private @Nullable StagedFiles files;
  private @Nullable URLClassLoader classes;

  EmbeddedLauncher(
      Environment environment, JobDescription job, EnvironmentSettings settings, Reaper reaper) {
    this.environment = environment;
    this.job = job;
    this.stopTimeout = settings.stopTimeout();
    this.reaper = reaper;
  }

  @Override
  public RunningWorker launch(WorkerConnection connection) throws IOException, WorkerException {
    PipelineOptions options = PipelineOptionsTranslation.fromProto(job.pipelineOptions());
    options.as(SdkHarnessOptions.class).setEnableLogViaFnApi(false);
    Thread thread = new Thread(() -> run(connection, options), "sdk-worker-" + connection.id());
    thread.setDaemon(true);
    thread.setContextClassLoader(classes());
    thread.start();
    return new WorkerThread(thread, stopTimeout);
  }

  private static void run(WorkerConnection connection, PipelineOptions options) {
    try {
      FnHarness.main(
          connection.id(),
          options,
          connection.runnerCapabilities(),
          connection.endpoint(),
          connection.endpoint(),
          null);
      connection.died("has ended");
    } catch (Exception | LinkageError e) {
      connection.died("has ended: " + e);
    }
  }

  private synchronized ClassLoader classes() throws IOException, WorkerException {
    if (classes == null) {
      StagedFiles staged = StagedFiles.fetch(environment.getDependenciesList(), job.artifacts());
      if (!staged.files().isEmpty()) {
        reaper.watch(staged.directory());
      }
      files = staged;
      List<URL> urls = new ArrayList<>();
      for (StagedFiles.StagedFile file : staged.files()) {
        urls.add(url(file));
      }
      classes =
          new URLClassLoader(urls.toArray(URL[]::new), EmbeddedLauncher.class.getClassLoader());
    }
    return classes;
  }

  private static URL url(StagedFiles.StagedFile file) throws MalformedURLException {
    return file.path().toUri().toURL();
  }

  @Override
  public synchronized void close() {
    try {
      if (classes != null) {
        classes.close();
      }
    } catch (IOException e) {
      LOG.warn("The classes of a job cannot be closed", e);
    }
    if (files != null) {
      files.close();
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
