package dev.trestle.server.cli;

import dev.trestle.runner.inspect.CheckpointDetails;
import dev.trestle.runner.inspect.CheckpointInspection;
import dev.trestle.runner.inspect.CheckpointSummary;
import dev.trestle.runner.inspect.JobSummary;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what is in a place that keeps checkpoints. Takes no job from whoever runs it. */
@Command(
    name = "inspect",
    description =
        "Shows the jobs, checkpoints and savepoints in a place, and what the newest one of a job"
            + " holds. Takes no job from whoever runs it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  trestle checkpoint inspect checkpoints",
      "  trestle checkpoint inspect checkpoints --job=orders --id=12 --json",
      "  trestle checkpoint inspect --jars=stores/* s3://bucket/prefix",
      "  trestle checkpoint inspect checkpoints/orders/savepoints/000000000007-000000000001"
    })
public final class InspectCommand implements Callable<Integer> {

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Parameters(
      paramLabel = "DIR",
      description = "As --checkpointDir names it, or the directory of one savepoint.")
  private String place = "";

  @Option(names = "--job", paramLabel = "NAME", description = "Only this job.")
  private @Nullable String job;

  @Option(
      names = "--id",
      paramLabel = "N",
      description = "What this checkpoint or savepoint holds, not the newest.")
  private @Nullable Long id;

  @Option(names = "--json", description = "For programs: all of it as JSON.")
  private boolean json;

  @Option(
      names = "--jars",
      paramLabel = "PATH",
      description = "Where the stores for other places are: jars and DIR/*, as in 'java -cp'.")
  private @Nullable String jars;

  private final Terminal terminal;

  public InspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    verbosity.apply();
    if (jars != null) {
      Thread.currentThread().setContextClassLoader(Programs.loader(jars));
    }
    try {
      CheckpointInspection inspection = CheckpointInspection.open(place);
      List<JobSummary> jobs = chosen(inspection.jobs());
      Optional<CheckpointSummary> checkpoint = chosenCheckpoint(jobs);
      Optional<CheckpointDetails> details =
          checkpoint.isPresent()
              ? Optional.of(inspection.details(checkpoint.get()))
              : Optional.empty();
      if (json) {
        terminal.out().println(InspectionJson.of(jobs, details));
      } else {
        new InspectionText(terminal.out()).print(jobs, details);
      }
      terminal.out().flush();
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedException(place + ": " + e.getMessage(), e);
    }
    return ExitCodes.DONE;
  }

  private List<JobSummary> chosen(List<JobSummary> all) {
    if (all.isEmpty()) {
      throw new RefusedException(place + ": no job has ever kept checkpoints here.");
    }
    if (job == null) {
      return all;
    }
    List<JobSummary> found = all.stream().filter(j -> j.job().equals(job)).toList();
    if (found.isEmpty()) {
      throw new RefusedException(
          place + ": there is no job '" + job + "', only " + names(all) + ".");
    }
    return found;
  }

  /** The one to be shown in full; none if several jobs are. */
  private Optional<CheckpointSummary> chosenCheckpoint(List<JobSummary> jobs) {
    if (jobs.size() > 1) {
      if (id != null) {
        throw new RefusedException("--id needs --job: there are " + names(jobs) + ".");
      }
      return Optional.empty();
    }
    List<CheckpointSummary> there = jobs.get(0).checkpoints();
    if (id == null) {
      return there.isEmpty() ? Optional.empty() : Optional.of(there.get(there.size() - 1));
    }
    Optional<CheckpointSummary> found = there.stream().filter(c -> c.id() == id).findFirst();
    if (found.isEmpty()) {
      throw new RefusedException(
          place
              + ": job "
              + jobs.get(0).job()
              + " has no checkpoint "
              + id
              + ", only "
              + there.stream().map(c -> String.valueOf(c.id())).collect(Collectors.joining(", "))
              + ".");
    }
    return found;
  }

  private static String names(List<JobSummary> jobs) {
    return jobs.stream().map(JobSummary::job).collect(Collectors.joining(", "));
  }
}
