package dev.trestle.server.cli;

import org.apache.beam.sdk.util.ReleaseInfo;
import picocli.CommandLine.Command;

/** Says which versions these are. */
@Command(name = "version", description = "Shows the versions of Trestle, Beam and Java.")
public final class VersionCommand implements Runnable {
  private final Terminal terminal;

  public VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    String own = VersionCommand.class.getPackage().getImplementationVersion();
    terminal
        .out()
        .printf(
            "Trestle %s, Beam %s, Java %s%n",
            own == null ? "(not packaged)" : own,
            ReleaseInfo.getReleaseInfo().getSdkVersion(),
            Runtime.version());
  }
}
