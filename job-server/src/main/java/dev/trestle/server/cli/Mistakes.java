package dev.trestle.server.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Answers what went wrong, in a few lines. */
public final class Mistakes {
  private final Terminal terminal;

  public Mistakes(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command line makes no sense. */
  public int inCommandLine(ParameterException mistake, String[] arguments) {
    CommandLine command = mistake.getCommandLine();
    terminal.err().println("trestle: " + message(mistake));
    String name = command.getCommandSpec().qualifiedName();
    terminal.err().println("See '" + name + " --help'.");
    return ExitCodes.REFUSED;
  }

  /** The command has failed. */
  public int inExecution(Exception failure, CommandLine command, ParseResult arguments) {
    boolean stackTrace =
        command.getMixins().get("verbosity") instanceof Verbosity verbosity
            && verbosity.stackTrace();
    FailureReport report = FailureReport.of(failure);
    terminal.err().print(stackTrace ? report.full() : report.brief());
    terminal.err().flush();
    return report.exitCode();
  }

  private static String message(ParameterException mistake) {
    if (mistake instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String argument = unmatched.getUnmatched().get(0);
      String kind = argument.startsWith("-") ? "option" : "command";
      return "there is no " + kind + " '" + argument + "'" + meant(unmatched.getSuggestions());
    }
    return String.valueOf(mistake.getMessage());
  }

  private static String meant(List<String> suggestions) {
    return suggestions.isEmpty() ? "." : "; did you mean '" + suggestions.get(0) + "'?";
  }
}
