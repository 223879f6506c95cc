package dev.trestle.server.cli;

import dev.trestle.runner.control.ControlDirectory;
import dev.trestle.runner.worker.WorkerServer;
import dev.trestle.server.environment.EmbeddedLog;
import dev.trestle.server.environment.EnvironmentSettings;
import dev.trestle.server.environment.WorkerHost;
import dev.trestle.server.environment.WorkerQuota;
import dev.trestle.server.jobs.EngineLauncher;
import dev.trestle.server.jobs.EnvironmentWorkers;
import dev.trestle.server.jobs.JobLimits;
import dev.trestle.server.service.JobServer;
import dev.trestle.server.service.ServerSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a job server. */
@Command(
    name = "server",
    description = "Runs a job server, to which pipelines of every Beam SDK can be submitted.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle server",
      "  python wordcount.py --runner=PortableRunner --job_endpoint=localhost:8099 \\",
      "      --environment_type=LOOPBACK --input=... --output=...",
      "  go run wordcount.go --runner=universal --endpoint=localhost:8099 --environment_type=LOOPBACK",
      "  java ... --runner=TrestleRunner --endpoint=localhost:8099",
      "Ctrl-C ends it. Streaming jobs go on when it is started again with the same directory."
    })
public final class ServerCommand implements Callable<Integer> {

  private static final int DEFAULT_PORT = 8099;
  private static final int MEGABYTE = 1 << 20;
  private static final int MOST_MESSAGE_MEGABYTES = 1000;

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final WorkerChoice worker = new WorkerChoice();

  @Mixin private final WorkerPort workerPort = new WorkerPort();

  @Option(
      names = "--port",
      defaultValue = "" + DEFAULT_PORT,
      description = "Where it listens; 0 for any port that is free. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--listen",
      paramLabel = "HOST",
      description =
          "At which address; 0.0.0.0 for all. Without it: localhost, where nobody else can reach it."
              + " Beyond that it wants TLS, or --insecure.")
  private @Nullable String listen;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where it keeps jobs, artifacts and checkpoints. Default: .trestle in your home directory.")
  private @Nullable Path directory;

  @Option(
      names = "--certificates",
      paramLabel = "FILE",
      description = "Talks TLS: its certificate chain, in PEM. Needs --key.")
  private @Nullable Path certificates;

  @Option(names = "--key", paramLabel = "FILE", description = "The private key, in PEM (PKCS 8).")
  private @Nullable Path key;

  @Option(
      names = "--insecure",
      description =
          "Listens beyond this machine without TLS: whoever reaches it, or can read what is sent,"
              + " can run code on it.")
  private boolean insecure;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:TRESTLE_TOKEN}",
      description =
          "What clients have to send as a bearer token; TRESTLE_TOKEN if not given. No other user of"
              + " the machine sees it there.")
  private @Nullable String token;

  @Option(
      names = "--max-jobs",
      description = "How many jobs may run at once. Default: ${DEFAULT-VALUE}.")
  private int maxJobs = JobLimits.DEFAULTS.running();

  @Option(
      names = "--keep-jobs",
      description = "How many jobs that have ended it remembers. Default: ${DEFAULT-VALUE}.")
  private int keepJobs = JobLimits.DEFAULTS.ended();

  @Option(
      names = "--keep-days",
      description = "For how many days it remembers them. Default: ${DEFAULT-VALUE}.")
  private long keepDays = JobLimits.DEFAULTS.endedFor().toDays();

  @Option(
      names = "--max-message-mb",
      description = "Megabytes of a pipeline, or another message. Default: ${DEFAULT-VALUE}.")
  private int maxMessageMegabytes = ServerSettings.DEFAULT_MESSAGE_BYTES / MEGABYTE;

  @Option(
      names = "--max-artifact-mb",
      description = "Megabytes of a file that is staged. Default: ${DEFAULT-VALUE}.")
  private long maxArtifactMegabytes = ServerSettings.DEFAULT_ARTIFACT_BYTES / MEGABYTE;

  @Option(
      names = "--expansion-service",
      arity = "0..1",
      paramLabel = "PORT",
      fallbackValue = "" + ExpansionProcess.DEFAULT_PORT,
      description =
          "Also starts an expansion service, which has Java transforms for pipelines of other SDKs:"
              + " see 'trestle expansion-service --help'. At PORT, or ${FALLBACK-VALUE}; 0 for any"
              + " that is free. It listens at localhost, with --insecure where the server does.")
  private @Nullable Integer expansionPort;

  private final Terminal terminal;

  public ServerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    verbosity.apply();
    ServerSettings settings = settings();
    boolean beyond = !settings.address().getAddress().isLoopbackAddress();
    if (beyond) {
      SerialFilter.rejectAll();
    }
    EnvironmentSettings environments = worker.settings(beyond);
    WorkerQuota quota = worker.quota();
    Optional<ExpansionProcess> expansion = startExpansionService();
    WorkerServer workers = startWorkers();
    WorkerHost host = WorkerHost.forking();
    EmbeddedLog log = EmbeddedLog.open();
    JobServer server;
    try {
      server =
          JobServer.start(
              settings,
              new EngineLauncher(new EnvironmentWorkers(workers, environments, host, quota)));
    } catch (IOException | IllegalArgumentException e) {
      log.close();
      host.close();
      workers.close();
      expansion.ifPresent(ExpansionProcess::close);
      throw notStarted(e);
    }
    LocalServers servers = new LocalServers(ControlDirectory.ofUser());
    String endpoint = settings.address().getHostString() + ":" + server.port();
    servers.add(
        server.port(),
        new LocalServers.Address(
            fromHere(settings.address()) + ":" + server.port(),
            certificates == null ? null : certificates.toAbsolutePath().toString()));
    Parts parts = new Parts(server, workers, host, log, expansion);
    Thread hook = new Thread(() -> end(parts, servers), "trestle-server-end");
    Runtime.getRuntime().addShutdownHook(hook);
    terminal.err().println("trestle: the job server listens at " + endpoint + ". Ctrl-C ends it.");
    expansion.ifPresent(this::announce);
    terminal.out().println("ready endpoint=" + endpoint);
    terminal.out().flush();
    try {
      server.await();
      return ExitCodes.DONE;
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(hook);
      end(parts, servers);
      return ExitCodes.INTERRUPTED;
    }
  }

  private Optional<ExpansionProcess> startExpansionService() {
    if (expansionPort == null) {
      return Optional.empty();
    }
    String host = insecure && listen != null ? listen : "localhost";
    return Optional.of(ExpansionProcess.start(host, expansionPort, ""));
  }

  private void announce(ExpansionProcess expansion) {
    terminal
        .err()
        .println("trestle: the expansion service listens at " + expansion.endpoint() + ".");
    terminal.out().println("expansion-service endpoint=" + expansion.endpoint());
  }

  private WorkerServer startWorkers() {
    try {
      return workerPort.start();
    } catch (IOException e) {
      throw notStarted(e);
    }
  }

  private static RefusedException notStarted(Exception why) {
    return new RefusedException("the server cannot be started: " + why.getMessage(), why);
  }

  /** By which name programs of this machine find it. */
  private static String fromHere(InetSocketAddress address) {
    return address.getAddress().isAnyLocalAddress() ? "localhost" : address.getHostString();
  }

  /** What runs in this process, and beside it. */
  private record Parts(
      JobServer server,
      WorkerServer workers,
      WorkerHost host,
      EmbeddedLog log,
      Optional<ExpansionProcess> expansion) {

    void close() {
      server.close();
      workers.close();
      host.close();
      log.close();
      expansion.ifPresent(ExpansionProcess::close);
    }
  }

  private void end(Parts parts, LocalServers servers) {
    terminal.err().println("trestle: the job server is ending.");
    servers.remove(parts.server.port());
    parts.close();
  }

  private ServerSettings settings() {
    ListenAddress host = ListenAddress.of(listen);
    refuseIf((certificates == null) != (key == null), "--certificates and --key go together.");
    boolean beyond = !host.isLoopback();
    refuseIf(
        beyond && certificates == null && !insecure,
        "--listen="
            + listen
            + " lets other machines in: give it --certificates and --key, or say --insecure if the"
            + " network is safe.");
    boolean workersBeyond = workerPort.isBeyond();
    refuseIf(
        workersBeyond && !insecure,
        "--worker-listen lets workers of other machines in, without TLS: say --insecure if the"
            + " network is safe.");
    refuseIf(
        insecure && !workersBeyond && (!beyond || certificates != null),
        "--insecure has no effect: the server is at localhost, or has TLS.");
    refuseIf(maxJobs < 1, "--max-jobs must be at least 1.");
    refuseIf(keepJobs < 0, "--keep-jobs must not be negative.");
    refuseIf(keepDays < 0, "--keep-days must not be negative.");
    refuseIf(
        maxMessageMegabytes < 1 || maxMessageMegabytes > MOST_MESSAGE_MEGABYTES,
        "--max-message-mb must be from 1 to " + MOST_MESSAGE_MEGABYTES + ".");
    refuseIf(maxArtifactMegabytes < 1, "--max-artifact-mb must be at least 1.");
    return new ServerSettings(
        new InetSocketAddress(host.address(), port),
        directory == null ? Path.of(System.getProperty("user.home"), ".trestle") : directory,
        certificates == null || key == null ? null : new ServerSettings.Tls(certificates, key),
        token == null || token.isEmpty() ? null : token,
        maxMessageMegabytes * MEGABYTE,
        maxArtifactMegabytes * MEGABYTE,
        new JobLimits(maxJobs, keepJobs, Duration.ofDays(keepDays)));
  }

  private static void refuseIf(boolean condition, String why) {
    if (condition) {
      throw new RefusedException(why);
    }
  }
}
