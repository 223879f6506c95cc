package dev.trestle.runner.inspect;

import dev.trestle.runner.checkpoint.OperatorNumbers;
import dev.trestle.runner.checkpoint.StateFile;
import dev.trestle.runner.inspect.CheckpointDetails.FileDetails;
import dev.trestle.runner.inspect.CheckpointDetails.SectionDetails;
import dev.trestle.runner.inspect.CheckpointDetails.TaskDetails;
import dev.trestle.state.checkpoint.CheckpointCatalog;
import dev.trestle.state.checkpoint.CheckpointManifest;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStores;
import dev.trestle.state.checkpoint.CorruptCheckpointException;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.state.checkpoint.RestoredCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Looks at what {@code --checkpointDir} names, or at the directory of one savepoint, without taking
 * a job from whoever has it. Any thread may call.
 */
public final class CheckpointInspection {

  private final CheckpointStore store;
  private final CheckpointCatalog catalog;

  private CheckpointInspection(CheckpointStore store) {
    this.store = store;
    this.catalog = new CheckpointCatalog(store);
  }

  /**
   * Opens a place.
   *
   * @param place the path of a directory, or a URI
   * @throws IllegalArgumentException if there is no store for its scheme, or it is malformed
   * @throws IOException if it cannot be used as it is, with the remedy
   */
  public static CheckpointInspection open(String place) throws IOException {
    return new CheckpointInspection(CheckpointStores.load().open(place));
  }

  /**
   * All jobs, by name.
   *
   * @throws IOException if the place cannot be read
   */
  public List<JobSummary> jobs() throws IOException {
    if (catalog.isCheckpoint()) {
      CheckpointSummary alone = summary("", true, catalog.manifest(""));
      return List.of(new JobSummary(alone.job(), List.of(alone), List.of()));
    }
    List<JobSummary> jobs = new ArrayList<>();
    for (String name : catalog.jobs()) {
      jobs.add(job(name));
    }
    return jobs;
  }

  private JobSummary job(String name) throws IOException {
    List<CheckpointSummary> checkpoints = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try {
      for (CheckpointCatalog.Listed listed : catalog.checkpoints(name, problems::add)) {
        try {
          checkpoints.add(
              summary(
                  listed.directory(), listed.restorable(), catalog.manifest(listed.directory())));
        } catch (CorruptCheckpointException e) {
          problems.add(kind(listed.kind()) + " " + listed.id() + ": " + e.getMessage());
        }
      }
    } catch (CorruptCheckpointException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    return new JobSummary(name, checkpoints, problems);
  }

  /**
   * What is in a checkpoint; reads its state files.
   *
   * @throws CorruptCheckpointException if a file is missing or altered: the job that has it may
   *     have deleted it by now
   * @throws IOException if the place cannot be read
   */
  public CheckpointDetails details(CheckpointSummary summary) throws IOException {
    RestoredCheckpoint checkpoint = JobCheckpoints.openReadOnly(store, summary.directory());
    CheckpointManifest manifest = checkpoint.manifest();
    List<TaskDetails> tasks = new ArrayList<>();
    for (CheckpointManifest.Task task : manifest.tasks()) {
      tasks.add(task(checkpoint, task));
    }
    return new CheckpointDetails(
        summary,
        manifest.formatVersion(),
        manifest.keyGroups(),
        OperatorNumbers.of(manifest.properties()).byStep(),
        tasks);
  }

  private static TaskDetails task(RestoredCheckpoint checkpoint, CheckpointManifest.Task task)
      throws IOException {
    List<FileDetails> files = new ArrayList<>();
    List<SectionDetails> sections = new ArrayList<>();
    for (CheckpointManifest.File file : task.files()) {
      files.add(new FileDetails(file.name(), file.length(), file.isOfEarlier()));
      if (file.name().equals(StateFile.NAME)) {
        sections.addAll(sections(checkpoint, file));
      }
    }
    return new TaskDetails(
        task.stage(),
        task.index(),
        task.firstKeyGroup(),
        task.endKeyGroup(),
        task.finished(),
        task.inputWatermark(),
        task.outputWatermark(),
        files,
        sections);
  }

  private static List<SectionDetails> sections(
      RestoredCheckpoint checkpoint, CheckpointManifest.File file) throws IOException {
    Path local = Files.createTempFile("trestle-inspect", ".state");
    try {
      checkpoint.fetch(file, local);
      return StateFile.open(local).sections().stream()
          .map(s -> new SectionDetails(s.step(), s.name(), s.keyGroups(), s.records(), s.bytes()))
          .toList();
    } finally {
      Files.deleteIfExists(local);
    }
  }

  private static CheckpointSummary summary(
      String directory, boolean restorable, CheckpointManifest manifest) {
    return new CheckpointSummary(
        directory,
        manifest.jobName(),
        manifest.id(),
        manifest.epoch(),
        kind(manifest.kind()),
        manifest.completedMillis(),
        restorable,
        manifest.length(),
        manifest.lengthOfEarlier());
  }

  private static String kind(CheckpointManifest.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
