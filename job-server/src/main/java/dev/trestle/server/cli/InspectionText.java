package dev.trestle.server.cli;

import dev.trestle.runner.inspect.CheckpointDetails;
import dev.trestle.runner.inspect.CheckpointDetails.FileDetails;
import dev.trestle.runner.inspect.CheckpointDetails.SectionDetails;
import dev.trestle.runner.inspect.CheckpointDetails.TaskDetails;
import dev.trestle.runner.inspect.CheckpointSummary;
import dev.trestle.runner.inspect.JobSummary;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** What an inspection found, for people. */
final class InspectionText {

  private static final int KILO = 1000;

  private final PrintStream out;

  InspectionText(PrintStream out) {
    this.out = out;
  }

  void print(List<JobSummary> jobs, Optional<CheckpointDetails> details) {
    jobs.forEach(this::print);
    if (jobs.size() > 1) {
      out.println("With --job=NAME you see what the newest one of a job holds.");
    }
    details.ifPresent(this::print);
  }

  private void print(JobSummary job) {
    out.printf("Job %s%n", job.job());
    if (job.checkpoints().isEmpty()) {
      out.println("  no checkpoint yet");
    } else {
      out.printf(
          "  %5s %6s  %-20s  %-10s  %9s  %s%n",
          "id", "epoch", "whole since", "kind", "size", "uploaded for earlier ones");
    }
    for (CheckpointSummary checkpoint : job.checkpoints()) {
      out.printf(
          "  %5d %6d  %-20s  %-10s  %9s  %s%s%n",
          checkpoint.id(),
          checkpoint.epoch(),
          Instant.ofEpochMilli(checkpoint.completedMillis() / KILO * KILO),
          checkpoint.kind(),
          size(checkpoint.bytes()),
          size(checkpoint.earlierBytes()),
          checkpoint.restorable() ? "" : "  (of an earlier life of the job)");
    }
    job.problems().forEach(problem -> out.println("  problem: " + problem));
    out.println();
  }

  private void print(CheckpointDetails details) {
    CheckpointSummary summary = details.summary();
    out.printf(
        "%s %d of job %s: %d key groups%n",
        summary.kind(), summary.id(), summary.job(), details.keyGroups());
    String stage = "";
    for (TaskDetails task : details.tasks()) {
      if (!task.stage().equals(stage)) {
        stage = task.stage();
        out.printf("%nStage %s%n", stage);
      }
      print(task);
    }
    if (!details.operators().isEmpty()) {
      out.printf("%nNumbers of steps in rows of keyed state%n");
      details.operators().forEach((step, number) -> out.printf("  %5d  %s%n", number, step));
    }
  }

  private void print(TaskDetails task) {
    out.printf(
        "  task %d, key groups %d to %d, %s%n",
        task.index(),
        task.firstKeyGroup(),
        task.endKeyGroup() - 1,
        task.finished()
            ? "finished"
            : "watermarks "
                + watermark(task.inputWatermarkMillis())
                + " in, "
                + watermark(task.outputWatermarkMillis())
                + " out");
    for (FileDetails file : task.files()) {
      out.printf(
          "    file %-40s %9s%s%n",
          file.name(), size(file.bytes()), file.ofEarlier() ? "  uploaded for an earlier one" : "");
    }
    for (SectionDetails section : task.sections()) {
      out.printf(
          "    %,9d records, %9s, in %s: %s of %s%n",
          section.records(),
          size(section.bytes()),
          section.keyGroups() == 0 ? "no key group" : section.keyGroups() + " key groups",
          section.section(),
          section.step());
    }
  }

  private static String watermark(long millis) {
    if (millis <= BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis()) {
      return "at the beginning of time";
    }
    return millis >= BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()
        ? "at the end of time"
        : Instant.ofEpochMilli(millis).toString();
  }

  private static String size(long bytes) {
    if (bytes < KILO) {
      return bytes + " B";
    }
    double scaled = bytes;
    String[] units = {"kB", "MB", "GB", "TB"};
    int unit = -1;
    while (scaled >= KILO && unit < units.length - 1) {
      scaled /= KILO;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", scaled, units[unit]);
  }
}
