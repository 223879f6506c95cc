package dev.trestle.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;

/** Whether there is something to read, found out before anything runs. */
final class InputCheck {
  private InputCheck() {}

  /**
   * Checks a file, or a glob.
   *
   * @param option name of the option, for the message
   * @throws RefusedException naming the file
   */
  static void check(String option, String pattern) {
    String given = "--" + option + "=" + pattern;
    if (isLocalDirectory(pattern)) {
      throw new RefusedException(
          given + ": this is a directory; '" + Path.of(pattern, "*") + "' reads its files.");
    }
    List<MatchResult.Metadata> files;
    try {
      files = FileSystems.match(pattern, EmptyMatchTreatment.ALLOW).metadata();
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedException(given + ": cannot be looked up: " + e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw new RefusedException(given + ": there is no such file.");
    }
    for (MatchResult.Metadata file : files) {
      if (isLocalAndUnreadable(file.resourceId())) {
        throw new RefusedException(given + ": " + file.resourceId() + " cannot be read.");
      }
    }
  }

  private static boolean isLocalDirectory(String pattern) {
    try {
      return Files.isDirectory(Path.of(pattern));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean isLocalAndUnreadable(ResourceId file) {
    return file.getScheme().equals("file") && !Files.isReadable(Path.of(file.toString()));
  }
}
