package dev.trestle.integration.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The log of a job's checkpoints, seen from outside. */
public final class CheckpointLog {

  private final Path log;

  public CheckpointLog(Path checkpoints, String job) {
    log = checkpoints.resolve(job).resolve("log");
  }

  /** The number of its last entry, 0 if it has none: a claim when a job starts, and each commit. */
  public long last() throws IOException {
    if (!Files.exists(log)) {
      return 0;
    }
    try (Stream<Path> entries = Files.list(log)) {
      return entries
          .mapToLong(entry -> Long.parseLong(entry.getFileName().toString()))
          .max()
          .orElse(0);
    }
  }
}
