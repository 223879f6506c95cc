package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.TextFormat;
import org.jspecify.annotations.Nullable;

/**
 * Starts the workers of an SDK as processes. The staged files are fetched once for all of them, by
 * the first; the others wait. What a worker has to know it is told by environment variables, under
 * the names that the containers of all SDKs use.
 */
final class BootLauncher implements WorkerLauncher {

  /** A single variable cannot be much longer than that on Linux. */
  private static final int LONGEST_VARIABLE = 100_000;

  private final WorkerBoot boot;
  private final Environment environment;
  private final JobDescription job;
  private final Map<String, String> variables;
  private final Reaper reaper;
  private final Duration stopTimeout;
  private final ReentrantLock preparing = new ReentrantLock();

  @GuardedBy("preparing")
  private @Nullable StagedFiles files;

  /**
   * @param variables the user's own
   */
  BootLauncher(
      WorkerBoot boot,
      Environment environment,
      JobDescription job,
      Map<String, String> variables,
      Reaper reaper,
      Duration stopTimeout) {
    this.boot = boot;
    this.environment = environment;
    this.job = job;
    this.variables = Map.copyOf(variables);
    this.reaper = reaper;
    this.stopTimeout = stopTimeout;
  }

  @Override
  public RunningWorker launch(WorkerConnection connection)
      throws WorkerException, IOException, InterruptedException {
    StagedFiles staged = files(connection);
    Path own = Files.createDirectory(staged.directory().resolve(connection.id()));
    String options = OptionsJson.of(boot.options(job.pipelineOptions()));
    ProcessBuilder builder =
        new ProcessBuilder(boot.command(connection, staged, options, own)).directory(own.toFile());
    Map<String, String> told = builder.environment();
    String endpoint = TextFormat.printer().printToString(connection.endpoint());
    told.put("WORKER_ID", connection.id());
    told.put("HARNESS_ID", connection.id());
    told.put("CONTROL_API_SERVICE_DESCRIPTOR", endpoint);
    told.put("LOGGING_API_SERVICE_DESCRIPTOR", endpoint);
    told.put("RUNNER_CAPABILITIES", String.join(" ", connection.runnerCapabilities()));
    told.put("SEMI_PERSISTENT_DIRECTORY", staged.directory().toString());
    told.put(
        "PIPELINE_OPTIONS_FILE",
        Files.writeString(own.resolve("options.json"), options).toString());
    if (options.length() < LONGEST_VARIABLE) {
      told.put("PIPELINE_OPTIONS", options); // SDKs before 2.56 know no file
    }
    told.put("JOB_ID", job.id());
    told.put("JOB_NAME", job.name());
    told.putAll(boot.variables());
    told.putAll(variables);
    return WorkerProcess.of(
        boot.start(builder, connection.id(), connection::printed), connection, reaper, stopTimeout);
  }

  private StagedFiles files(WorkerConnection connection)
      throws WorkerException, IOException, InterruptedException {
    preparing.lockInterruptibly();
    try {
      if (files == null) {
        StagedFiles fetched = StagedFiles.fetch(environment.getDependenciesList(), job.artifacts());
        reaper.watch(fetched.directory());
        boolean prepared = false;
        try {
          boot.prepare(fetched, connection::printed);
          prepared = true;
        } finally {
          if (!prepared) {
            fetched.close();
          }
        }
        files = fetched;
      }
      return files;
    } finally {
      preparing.unlock();
    }
  }

  @Override
  public void close() {
    preparing.lock();
    try {
      if (files != null) {
        files.close();
      }
    } finally {
      preparing.unlock();
    }
  }
}
