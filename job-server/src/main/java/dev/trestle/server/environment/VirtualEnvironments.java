package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Virtual environments of Python, kept for the next job that needs the same. One is made at a time:
 * in this process that is what {@link #MAKING} is for, among processes the lock on a file.
 */
final class VirtualEnvironments {

  private static final ReentrantLock MAKING = new ReentrantLock();

  /** Lines of pip's that a message to the user has. */
  private static final int MOST_LINES = 20;

  private final Path directory;

  private VirtualEnvironments(Path directory) {
    this.directory = directory;
  }

  static VirtualEnvironments in(Path cache) {
    return new VirtualEnvironments(cache.resolve("python"));
  }

  /**
   * The Python of an environment that has some packages; it is made if there is none.
   *
   * @param base which also lends it its own packages
   * @param log is told what is installed
   * @throws WorkerException if something cannot be installed, with pip's own words
   */
  Path with(PythonInterpreter base, PythonPackages packages, Consumer<String> log)
      throws WorkerException, IOException, InterruptedException {
    Path environment = directory.resolve(packages.key());
    Path complete = environment.resolve("complete");
    Path python = environment.resolve("bin").resolve("python");
    if (Files.exists(complete)) {
      return python;
    }
    Files.createDirectories(directory);
    MAKING.lockInterruptibly();
    try (FileChannel file =
            FileChannel.open(
                directory.resolve(packages.key() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      if (lock.isValid() && !Files.exists(complete)) {
        make(base, packages, environment, log);
        Files.createFile(complete);
      }
    } finally {
      MAKING.unlock();
    }
    return python;
  }

  private static void make(
      PythonInterpreter base, PythonPackages packages, Path environment, Consumer<String> log)
      throws WorkerException, IOException, InterruptedException {
    run(List.of(base.executable(), "-m", "venv", "--clear", environment.toString()), log);
    Path own =
        environment.resolve("lib").resolve("python" + base.version()).resolve("site-packages");
    if (!base.beamVersion().isEmpty()) {
      Files.write(own.resolve("trestle-base.pth"), base.sitePackages());
    }
    String python = environment.resolve("bin").resolve("python").toString();
    for (List<String> installation : packages.installations()) {
      List<String> command = new ArrayList<>();
      command.addAll(
          List.of(python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"));
      command.addAll(installation);
      run(command, log);
    }
  }

  private static void run(List<String> command, Consumer<String> log)
      throws WorkerException, IOException, InterruptedException {
    Deque<String> last = new ArrayDeque<>();
    int status =
        ChildProgram.run(
            command,
            line -> {
              log.accept(line);
              if (last.size() == MOST_LINES) {
                last.removeFirst();
              }
              last.addLast(line);
            });
    if (status != 0) {
      throw new WorkerException(
          "The packages of the pipeline cannot be installed: "
              + String.join(" ", command)
              + " has exited with status "
              + status
              + ":\n"
              + String.join("\n", last));
    }
  }
}
