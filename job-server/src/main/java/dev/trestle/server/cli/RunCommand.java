package dev.trestle.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs an example or a main class. */
@Command(
    name = "run",
    description = "Runs an example, or the main class of a pipeline of yours, on Trestle.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle run leaderboard --output=board --events=2000",
      "  trestle run orders --output=orders",
      "  trestle run --jars=target/mine.jar org.example.Main --parallelism=4",
      "  trestle run target/mine.jar --endpoint=localhost:8099",
      "The main class must make its options from its arguments. Trestle is the runner unless",
      "--runner=... is given; with --endpoint=HOST:PORT a job server runs the pipeline."
    })
public final class RunCommand implements Callable<Integer> {
  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final ProgramChoice choice = new ProgramChoice();

  private final Terminal terminal;

  public RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    verbosity.apply();
    choice.call(choice.arguments());
    terminal.err().flush();
    return ExitCodes.DONE;
  }
}
