package dev.trestle.integration.chaos.python;

import dev.trestle.integration.process.Program;
import dev.trestle.runner.remote.JobServerClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobInfo;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * A job server with one job, which is submitted once and survives the server. The server always has
 * the same directory and port. Not thread-safe.
 */
final class PythonJob implements AutoCloseable {

  /** The job's name. */
  static final String NAME = "chaos-python";

  /** Of the windows in which it sums up. */
  static final int WINDOW_SECONDS = 2;

  private static final int CHECKPOINT_MILLIS = 1_000;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long LOOK_MILLIS = 50;
  private static final String READY = "ready endpoint=";

  /** What is in the command lines of workers: Beam's harness for Java, and for Python. */
  private static final List<String> WORKERS = List.of("FnHarness", "sdk_worker_main");

  private final Path directory;
  private final Installation installation;
  private final int port;
  private Program server;

  /**
   * Where things are.
   *
   * @param root the working tree
   * @param python an interpreter with Beam
   */
  record Installation(Path root, Path python) {
    String launcher() {
      return root.resolve("trestle").toString();
    }
  }

  /** What the job reads and writes. */
  record Topics(String bootstrapServers, String events, String results) {}

  private PythonJob(Path directory, Installation installation, int port) throws IOException {
    this.directory = directory;
    this.installation = installation;
    this.port = port;
    server = launch();
  }

  /** Starts a server without a job. */
  static PythonJob startServer(Path directory, Installation installation)
      throws IOException, InterruptedException {
    PythonJob job = new PythonJob(directory, installation, freePort());
    job.awaitServer();
    return job;
  }

  private Program launch() throws IOException {
    return Program.start(
        directory.resolve("server.log"),
        List.of(
            installation.launcher(),
            "server",
            "--port=" + port,
            "--directory=" + directory.resolve("server"),
            "--python=" + installation.python()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String endpoint() {
    return "localhost:" + port;
  }

  /** Submits the job, with an expansion service that is there just for that. */
  void submit(Topics topics) throws IOException, InterruptedException {
    Path log = directory.resolve("expansion.log");
    try (Program expansion =
        Program.start(log, List.of(installation.launcher(), "expansion-service", "--port=0"))) {
      String address = awaitReady(expansion);
      Path program = installation.root().resolve("benchmarks/python/chaos.py");
      try (Program client =
          Program.start(
              directory.resolve("client.log"),
              List.of(
                  installation.python().toString(),
                  program.toString(),
                  "--bootstrap=" + topics.bootstrapServers(),
                  "--events=" + topics.events(),
                  "--results=" + topics.results(),
                  "--window=" + WINDOW_SECONDS,
                  "--transactions=" + NAME,
                  "--expansion=" + address,
                  "--runner=PortableRunner",
                  "--job_endpoint=" + endpoint(),
                  "--environment_type=PROCESS",
                  "--environment_config={}",
                  "--streaming",
                  "--job_name=" + NAME,
                  "--parallelism=2",
                  "--checkpoint_dir=" + checkpoints(),
                  "--checkpoint_interval=" + CHECKPOINT_MILLIS))) {
        if (!client.await(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS))
            || client.exitCode() != 0) {
          throw new IllegalStateException("the job is not submitted:\n" + client.logTail());
        }
      }
      expansion.stop();
    }
  }

  /** Where its checkpoints are. */
  Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  private static String awaitReady(Program program) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < deadline && program.isAlive()) {
      for (String line : program.log()) {
        if (line.startsWith(READY)) {
          return line.substring(READY.length());
        }
      }
      program.await(LOOK_MILLIS);
    }
    throw new IllegalStateException("the expansion service has not started:\n" + program.logTail());
  }

  private void awaitServer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    try (JobServerClient client = JobServerClient.connect(endpoint(), null, null)) {
      while (!answers(client)) {
        if (server.await(LOOK_MILLIS) || System.nanoTime() > deadline) {
          throw new IllegalStateException("the server has not started:\n" + server.logTail());
        }
      }
    }
  }

  private static boolean answers(JobServerClient client) {
    try {
      client.list();
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** Kills the server and starts it again; the job goes on. */
  void killServer() throws IOException, InterruptedException {
    server.kill();
    server = launch();
    awaitServer();
  }

  /** Those of its workers that live, in the order of their start. */
  List<ProcessHandle> workers() {
    return server
        .descendants()
        .filter(
            process -> WORKERS.stream().anyMatch(process.info().commandLine().orElse("")::contains))
        .sorted(Comparator.comparingLong(ProcessHandle::pid))
        .toList();
  }

  /** What has become of it, null if it goes on. */
  JobState.@Nullable Enum end() throws IOException {
    try (JobServerClient client = JobServerClient.connect(endpoint(), null, null)) {
      JobState.Enum state = client.state(id(client));
      return switch (state) {
        case DONE, FAILED, CANCELLED -> state;
        default -> null;
      };
    }
  }

  /** Has it end when all that it has read is through. */
  void drain() throws IOException {
    try (JobServerClient client = JobServerClient.connect(endpoint(), null, null)) {
      client.drain(id(client));
    }
  }

  private static String id(JobServerClient client) {
    return client.list().stream()
        .filter(job -> job.getJobName().equals(NAME))
        .map(JobInfo::getJobId)
        .findAny()
        .orElseThrow(() -> new IllegalStateException("the server does not know the job"));
  }

  /** For an error. */
  String logTail() throws IOException {
    return server.logTail();
  }

  boolean serverIsAlive() {
    return server.isAlive();
  }

  @Override
  public void close() {
    server.close();
  }
}
