package dev.trestle.runner.engine;

import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.checkpoint.TaskSnapshot;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes what tasks have written for checkpoints. What stays goes with the job's directory. */
final class SnapshotFiles {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFiles.class);

  private SnapshotFiles() {}

  /** Deletes files, and the directories that are empty after that. */
  static void delete(List<TaskSnapshot> snapshots) {
    Set<Path> directories = new HashSet<>();
    for (TaskSnapshot snapshot : snapshots) {
      for (SnapshotFile file : snapshot.files()) {
        directories.add(file.path().toAbsolutePath().getParent());
        delete(file.path());
      }
    }
    directories.forEach(SnapshotFiles::delete);
  }

  /** Deletes a directory that has nothing but files, if it is there. */
  static void deleteDirectory(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      files.forEach(SnapshotFiles::delete);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      LOG.debug("{} stays until the job ends", directory, e);
    }
    delete(directory);
  }

  static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.debug("{} stays until the job ends", path, e);
    }
  }
}
