package dev.trestle.server.cli;

import picocli.CommandLine.Command;

/** What is about checkpoints; its subcommands do it. */
@Command(
    name = "checkpoint",
    synopsisSubcommandLabel = "COMMAND",
    description = "Looks at checkpoints and savepoints.")
public final class CheckpointCommand {}
