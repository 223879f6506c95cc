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

  /**
   * What is logged, by whichever library, goes to java.util.logging, where the harness listens.
   * These are files, and not on the class path of the server, which logs otherwise.
   */
  private static final List<String> LOGGING =
      List.of(
          "slf4j-jdk14.jar", "jcl-over-slf4j.jar", "log4j-over-slf4j.jar", "log4j-to-slf4j.jar");

  /** A property: of what slf4j complains. With errors only, of no library besides that above. */
  static final String SLF4J_VERBOSITY = "slf4j.internal.verbosity";

  static final String SLF4J_ERRORS = "ERROR";

  private JavaClassPath() {}

  /**
   * The class path with the logging of workers, which comes before what was staged.
   *
   * @param own a directory that lives as long as what uses it, for files of ours
   * @throws WorkerException if something is missing, for the user
   */
  static List<Path> of(StagedFiles staged, Path own) throws IOException, WorkerException {
    List<Path> all = new ArrayList<>();
    all.add(jarOf(LoggerFactory.class));
    for (String name : LOGGING) {
      all.add(copy(name, own));
    }
    all.addAll(ofLoggingItself(staged));
    return all;
  }

  /** The class path where the staged files have their own logging, and listen to it. */
  static List<Path> ofLoggingItself(StagedFiles staged) {
    List<Path> all = new ArrayList<>();
    staged.files().stream().map(StagedFile::path).forEach(all::add);
    all.add(jarOf(FnHarness.class));
    all.add(memoryMeter());
    return all;
  }

  private static Path copy(String name, Path own) throws IOException, WorkerException {
    Path file = own.resolve(name);
    try (InputStream jar = JavaClassPath.class.getResourceAsStream(name)) {
      if (jar == null) {
        throw new WorkerException("This server has been built without " + name);
      }
      Files.copy(jar, file);
    }
    return file;
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
