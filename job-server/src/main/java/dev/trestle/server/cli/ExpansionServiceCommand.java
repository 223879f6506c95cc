package dev.trestle.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs an expansion service. */
@Command(
    name = "expansion-service",
    description =
        "Serves Java transforms to pipelines of other SDKs: Kafka, JDBC, files of Avro and Parquet,"
            + " and more. Their workers are started by the job server that runs the pipeline.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle expansion-service",
      "  ReadFromKafka(..., expansion_service='localhost:" + ExpansionProcess.DEFAULT_PORT + "')",
      "  trestle expansion-service --class-path=postgresql.jar",
      "Ctrl-C ends it. 'trestle server --expansion-service' starts one beside the job server."
    })
public final class ExpansionServiceCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Option(
      names = "--port",
      defaultValue = "" + ExpansionProcess.DEFAULT_PORT,
      description = "Where it listens; 0 for any port that is free. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--listen",
      paramLabel = "HOST",
      description =
          "At which address; 0.0.0.0 for all. Without it: localhost. SDKs talk to it without TLS, so"
              + " beyond that it wants --insecure.")
  private @Nullable String listen;

  @Option(
      names = "--insecure",
      description = "Listens beyond this machine: whoever reaches it can run code on it.")
  private boolean insecure;

  @Option(
      names = "--class-path",
      paramLabel = "PATHS",
      description =
          "More jars, with more transforms or with what they need (a JDBC driver): files, or DIR/*"
              + " for all of a directory, separated as Java has it.")
  private String classPath = "";

  private final Terminal terminal;

  public ExpansionServiceCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    verbosity.apply();
    ListenAddress address = ListenAddress.of(listen);
    if (!address.isLoopback() && !insecure) {
      throw new RefusedException(
          "--listen=" + listen + " lets other machines in: say --insecure if the network is safe.");
    }
    if (insecure && address.isLoopback()) {
      throw new RefusedException("--insecure has no effect: the service is at localhost.");
    }
    ExpansionProcess service = ExpansionProcess.start(address.host(), port, classPath);
    Thread hook = new Thread(service::close, "trestle-expansion-end");
    Runtime.getRuntime().addShutdownHook(hook);
    terminal
        .err()
        .println(
            "trestle: the expansion service listens at "
                + service.endpoint()
                + ". Ctrl-C ends it.");
    terminal.out().println("ready endpoint=" + service.endpoint());
    terminal.out().flush();
    try {
      return service.await() == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(hook);
      service.close();
      return ExitCodes.INTERRUPTED;
    }
  }
}
