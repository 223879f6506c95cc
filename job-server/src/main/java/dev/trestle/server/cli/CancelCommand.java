package dev.trestle.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Cancels a job that runs. */
@Command(
    name = "cancel",
    description = "Cancels a job that runs.",
    footer = {
      "",
      "Waits for the end and prints how the job has ended. What it has done since its last",
      "checkpoint is done again when it is started once more."
    })
public final class CancelCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final JobChoice choice = new JobChoice();

  private final Terminal terminal;

  public CancelCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.apply();
    return choice.ask(terminal, job -> job.cancel().name());
  }
}
