package dev.trestle.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Has a job that runs come to its end in good order. */
@Command(
    name = "drain",
    description = "Has a job that runs come to its end in good order.",
    footer = {
      "",
      "Its sources stop reading, what they have read goes through, and all windows fire. Waits for",
      "the end and prints how the job has ended. An interrupt leaves the job alone."
    })
public final class DrainCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final JobChoice choice = new JobChoice();

  private final Terminal terminal;

  public DrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.apply();
    return choice.ask(terminal, job -> job.drain().name());
  }
}
