package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.StagedFiles.StagedFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.fn.harness.FnHarness;
import org.github.jamm.MemoryMeter;
import org.slf4j.LoggerFactory;

/**
 * What Java workers have on their class path: besides the staged files what these may lack, which
 * is the harness itself, and where it takes its log from.
 */
final class JavaClassPath {

  private static final String LOGGING = "slf4j-jdk14.jar";

  private JavaClassPath() {}

  /**
   * The class path.
   *
   * @param own a directory that lives as long as what uses it, for files of ours
   * @throws WorkerException if something is missing, for the user
   */
  static List<Path> of(StagedFiles staged, Path own) throws IOException, WorkerException {
    Path logging = own.resolve(LOGGING);
    try (InputStream jar = JavaClassPath.class.getResourceAsStream(LOGGING)) {
      if (jar == null) {
        throw new WorkerException("This server has been built without " + LOGGING);
      }
      Files.copy(jar, logging);
    }
    List<Path> all = new ArrayList<>();
    all.add(jarOf(LoggerFactory.class));
    all.add(logging);
    staged.files().stream().map(StagedFile::path).forEach(all::add);
    all.add(jarOf(FnHarness.class));
    all.add(memoryMeter());
    return all;
  }

  /** Measures objects; an agent of the JVM where it may be. */
  static Path memoryMeter() {
    return jarOf(MemoryMeter.class);
  }

  private static Path jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " is in no file", e);
    }
  }
}
