package dev.trestle.server.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs an example or a main class. */
@Command(
    name = "run",
    description = "Runs an example, or the main class of a pipeline of yours, on Trestle.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle run leaderboard --output=board --events=2000",
      "  trestle run orders --output=orders",
      "  trestle run --jars=target/mine.jar org.example.Main --parallelism=4",
      "The main class must make its options from its arguments. Trestle is the runner unless",
      "--runner=... is given."
    })
public final class RunCommand implements Callable<Integer> {
  @Mixin private final Verbosity verbosity = new Verbosity();

  @Option(
      names = "--jars",
      paramLabel = "PATH",
      description = "Where your classes are: jars and directories, as in 'java -cp'.")
  private @Nullable String jars;

  @Parameters(index = "0", paramLabel = "PROGRAM", description = Programs.DESCRIPTION)
  private String program = "";

  @Parameters(index = "1..*", paramLabel = "--option=value", description = "Its options.")
  private List<String> arguments = List.of();

  private final Terminal terminal;

  public RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    verbosity.apply();
    Programs.call(program, jars, PipelineArguments.normalized(arguments));
    terminal.err().flush();
    return ExitCodes.DONE;
  }
}
