package dev.trestle.server.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that shows something of one job, to people or to programs. */
abstract class JobQuery implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final JobChoice choice = new JobChoice();

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  private final Terminal terminal;

  JobQuery(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public final Integer call() throws InterruptedException {
    verbosity.apply();
    return choice.visit(terminal, this::show);
  }

  /**
   * Prints what is asked for.
   *
   * @throws RefusedException if the job cannot tell it
   */
  abstract void show(KnownJob job) throws IOException, InterruptedException;

  final boolean isJson() {
    return json;
  }

  final Terminal terminal() {
    return terminal;
  }
}
