package dev.trestle.server.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the jobs that can be controlled. */
@Command(
    name = "jobs",
    description = "Lists the jobs that run.",
    footer = {
      "",
      "Those of this user on this machine that are streaming ones or take checkpoints, and all that",
      "job servers run. With --all also those that servers remember."
    })
public final class JobsCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final ServerChoice server = new ServerChoice();

  @Option(names = "--all", description = "Also jobs that have ended or were never run.")
  private boolean all;

  @Option(names = "--json", description = "Prints a JSON array.")
  private boolean json;

  private final Terminal terminal;

  public JobsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    verbosity.apply();
    try (KnownJobs known = KnownJobs.of(server)) {
      List<KnownJob> jobs = known.all().stream().filter(job -> all || job.live()).toList();
      if (json) {
        terminal.out().println(JobsJson.of(jobs));
      } else if (jobs.isEmpty()) {
        terminal.err().println("trestle: no job runs.");
      } else {
        jobs.forEach(
            job ->
                terminal.out().printf("%-30s  %-9s  %s%n", job.name(), job.state(), job.where()));
      }
      terminal.out().flush();
      return ExitCodes.DONE;
    } catch (IOException e) {
      terminal.err().println("trestle: " + e.getMessage());
      return ExitCodes.FAILED;
    }
  }
}
