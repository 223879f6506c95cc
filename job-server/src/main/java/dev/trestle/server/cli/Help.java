package dev.trestle.server.cli;

import picocli.CommandLine.Option;

/** The option for help. */
public class Help {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  private boolean wanted;

  final boolean wanted() {
    return wanted;
  }
}
