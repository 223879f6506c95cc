package dev.trestle.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trestle.server.cli.CancelCommand;
import dev.trestle.server.cli.CheckpointCommand;
import dev.trestle.server.cli.DrainCommand;
import dev.trestle.server.cli.ExitCodes;
import dev.trestle.server.cli.ExpansionServiceCommand;
import dev.trestle.server.cli.GraphCommand;
import dev.trestle.server.cli.HealthCommand;
import dev.trestle.server.cli.Help;
import dev.trestle.server.cli.InspectCommand;
import dev.trestle.server.cli.JobsCommand;
import dev.trestle.server.cli.LogsCommand;
import dev.trestle.server.cli.MetricsCommand;
import dev.trestle.server.cli.Mistakes;
import dev.trestle.server.cli.RunCommand;
import dev.trestle.server.cli.SamplesCommand;
import dev.trestle.server.cli.SavepointCommand;
import dev.trestle.server.cli.ServerCommand;
import dev.trestle.server.cli.ShowCommand;
import dev.trestle.server.cli.Terminal;
import dev.trestle.server.cli.VersionCommand;
import dev.trestle.server.cli.WordCountCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code trestle COMMAND ...}. */
@Command(
    name = "trestle",
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs Apache Beam pipelines.",
    footerHeading = "%nTry this first:%n",
    footer = {
      "  trestle wordcount --input=LICENSE --output=counts",
      "  trestle COMMAND --help",
      "",
      "Exit status:",
      "  0    done",
      "  1    the pipeline failed",
      "  2    refused: command line, input, output, or what Trestle or a job does not do",
      "  130  interrupted",
      "TRESTLE_JAVA_OPTS holds options for Java, such as -Xmx4g."
    })
public final class TrestleCommand {

  private TrestleCommand() {}

  public static void main(String[] arguments) {
    System.exit(run(Terminal.ofProcess(), arguments));
  }

  /**
   * Runs one command line.
   *
   * @return the exit status: see {@link ExitCodes}
   */
  public static int run(Terminal terminal, String... arguments) {
    CommandLine commands = withHelp(new TrestleCommand());
    add(commands, new WordCountCommand(terminal));
    add(commands, new RunCommand(terminal));
    add(commands, new GraphCommand(terminal));
    commands.addSubcommand(
        withHelp(new CheckpointCommand()).addSubcommand(new InspectCommand(terminal)));
    commands.addSubcommand(new ServerCommand(terminal));
    commands.addSubcommand(new HealthCommand(terminal));
    commands.addSubcommand(new ExpansionServiceCommand(terminal));
    commands.addSubcommand(new JobsCommand(terminal));
    commands.addSubcommand(new ShowCommand(terminal));
    commands.addSubcommand(new LogsCommand(terminal));
    commands.addSubcommand(new MetricsCommand(terminal));
    commands.addSubcommand(new SamplesCommand(terminal));
    commands.addSubcommand(new SavepointCommand(terminal));
    commands.addSubcommand(new DrainCommand(terminal));
    commands.addSubcommand(new CancelCommand(terminal));
    commands.addSubcommand(withHelp(new VersionCommand(terminal)));
    commands.addSubcommand(new CommandLine.HelpCommand());
    Mistakes mistakes = new Mistakes(terminal);
    if (arguments.length == 0) {
      commands.setUsageHelpWidth(100).usage(terminal.err());
      return ExitCodes.REFUSED;
    }
    return commands
        .setUsageHelpWidth(100)
        .setOut(new PrintWriter(terminal.out(), true, UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, UTF_8))
        .setParameterExceptionHandler(mistakes::inCommandLine)
        .setExecutionExceptionHandler(mistakes::inExecution)
        .execute(arguments);
  }

  /** For those that have no other options. */
  private static CommandLine withHelp(Object command) {
    return new CommandLine(command).addMixin("help", new Help());
  }

  /** Adds a command that leaves options it does not know to the pipeline. */
  private static void add(CommandLine commands, Object command) {
    commands.addSubcommand(
        new CommandLine(command)
            .setUnmatchedOptionsArePositionalParams(true)
            .setUnmatchedOptionsAllowedAsOptionParameters(true));
  }
}
