package dev.trestle.server.cli;

import dev.trestle.runner.control.ControlClient;
import dev.trestle.runner.control.ControlDirectory;
import dev.trestle.runner.control.JobStatus;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the jobs that can be controlled. */
@Command(
    name = "jobs",
    description = "Lists the jobs that run.",
    footer = {
      "",
      "Those of this user on this machine that are streaming ones or take checkpoints."
    })
public final class JobsCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  private final Terminal terminal;

  public JobsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    verbosity.apply();
    List<JobStatus> jobs = ControlClient.jobs(ControlDirectory.ofUser());
    if (jobs.isEmpty()) {
      terminal.err().println("trestle: no job runs.");
    }
    for (JobStatus job : jobs) {
      terminal
          .out()
          .printf(
              "%-30s  %-9s  process %-8d  since %s%n",
              job.job(),
              job.state(),
              job.process(),
              Instant.ofEpochMilli(job.startedMillis()).truncatedTo(ChronoUnit.SECONDS));
    }
    terminal.out().flush();
    return ExitCodes.DONE;
  }
}
