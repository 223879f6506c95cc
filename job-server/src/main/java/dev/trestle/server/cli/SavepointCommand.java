package dev.trestle.server.cli;

import dev.trestle.runner.control.JobControl;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has a job that runs take a savepoint. */
@Command(
    name = "savepoint",
    description = "Has a job that runs take a savepoint, and prints its place.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle savepoint orders",
      "  trestle savepoint --stop orders",
      "--resumeFrom=PLACE starts a job from it. An interrupt leaves the job alone: it takes the savepoint all the same."
    })
public final class SavepointCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final JobChoice choice = new JobChoice();

  @Option(names = "--stop", description = "Cancels the job right behind the savepoint.")
  private boolean stop;

  private final Terminal terminal;

  public SavepointCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.apply();
    return choice.ask(terminal, stop ? JobControl::stop : JobControl::savepoint);
  }
}
