package dev.trestle.server.environment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Runs programs that do something and end. */
final class ChildProgram {

  private ChildProgram() {}

  /**
   * Runs a program to its end.
   *
   * @param output is told the lines that it prints
   * @return its status
   * @throws IOException if there is no such program
   * @throws InterruptedException if it was interrupted; the program has been killed
   */
  static int run(List<String> command, Consumer<String> output)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    Thread reader = new Thread(() -> read(process, output), "output-of-" + command.get(0));
    reader.setDaemon(true);
    reader.start();
    try {
      int status = process.waitFor();
      reader.join();
      return status;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void read(Process process, Consumer<String> output) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(output);
    } catch (IOException | UncheckedIOException e) {
      output.accept("(the rest of the output is lost: " + e.getMessage() + ")");
    }
  }
}
