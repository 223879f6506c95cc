package dev.trestle.server.cli;

import picocli.CommandLine.Command;

/** Shows how a job stands. */
@Command(
    name = "show",
    description = "Shows how a job stands: its name, its id, its state and where it runs.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle show wordcount",
      "  trestle show --endpoint=localhost:8099 --json wordcount-1f2e3d4c5b6a"
    })
public final class ShowCommand extends JobQuery {

  public ShowCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void show(KnownJob job) {
    if (isJson()) {
      terminal().out().println(JobsJson.node(job).toPrettyString());
    } else {
      terminal().out().printf("name   %s%n", job.name());
      terminal().out().printf("id     %s%n", job.id());
      terminal().out().printf("state  %s%n", job.state());
      terminal().out().printf("where  %s%n", job.where());
    }
  }
}
