package dev.trestle.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows how a job stands. */
@Command(
    name = "show",
    description = "Shows how a job stands: its name, its id, its state and where it runs.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle show wordcount",
      "  trestle show --endpoint=localhost:8099 --json wordcount-1f2e3d4c5b6a"
    })
public final class ShowCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final JobChoice choice = new JobChoice();

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean json;

  private final Terminal terminal;

  public ShowCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.apply();
    return choice.visit(terminal, this::show);
  }

  private void show(KnownJob job) {
    if (json) {
      terminal.out().println(JobsJson.node(job).toPrettyString());
    } else {
      terminal.out().printf("name   %s%n", job.name());
      terminal.out().printf("id     %s%n", job.id());
      terminal.out().printf("state  %s%n", job.state());
      terminal.out().printf("where  %s%n", job.where());
    }
  }
}
