package dev.trestle.server.cli;

import dev.trestle.runner.control.ControlDirectory;
import dev.trestle.runner.remote.JobServerClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks job servers whether they take calls. */
@Command(
    name = "health",
    description = "Asks a job server whether it takes calls. For probes; needs no token.",
    footer = {
      "",
      "Without --endpoint all servers of this user on this machine are asked. The exit status is 0",
      "if there is one and all answer, and 1 otherwise."
    })
public final class HealthCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final ServerChoice server = new ServerChoice();

  private final Terminal terminal;

  public HealthCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    verbosity.apply();
    String endpoint = server.endpoint();
    List<LocalServers.Address> asked =
        endpoint == null
            ? new LocalServers(ControlDirectory.ofUser()).list()
            : List.of(new LocalServers.Address(endpoint, server.certificates()));
    if (asked.isEmpty()) {
      terminal.err().println("trestle: no job server of this user runs on this machine.");
    }
    boolean healthy = !asked.isEmpty();
    for (LocalServers.Address each : asked) {
      healthy &= isHealthy(each);
    }
    terminal.out().flush();
    return healthy ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private boolean isHealthy(LocalServers.Address address) {
    try (JobServerClient client = server.connect(address.endpoint(), address.certificates())) {
      boolean serving = client.isServing();
      terminal.out().println(address.endpoint() + (serving ? "  serves" : "  does not serve"));
      return serving;
    } catch (StatusRuntimeException e) {
      terminal.err().println("trestle: " + address.endpoint() + ": " + e.getMessage());
      return false;
    }
  }
}
