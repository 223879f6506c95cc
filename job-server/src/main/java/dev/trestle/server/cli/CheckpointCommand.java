package dev.trestle.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is about checkpoints; its subcommands do it. */
@Command(
    name = "checkpoint",
    synopsisSubcommandLabel = "COMMAND",
    description = "Looks at checkpoints and savepoints.")
public final class CheckpointCommand {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  private boolean help;

  boolean help() {
    return help;
  }
}
