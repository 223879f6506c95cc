package dev.trestle.benchmarks.submissions;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A job server in a process of its own, as its operating system sees it (Linux). */
final class ServerProcess implements AutoCloseable {

  private static final String READY = "ready endpoint=";
  private static final String HEAP = "-Xmx512m";

  /** A server closes connections without calls, and ends idle threads, somewhat earlier. */
  private static final long SETTLING_SECONDS = 60;

  private final Process process;
  private final Path directory;
  private final String endpoint;

  /**
   * What there is of it.
   *
   * @param heapBytes that are still reachable
   * @param threads of the operating system's
   * @param files that are open, connections included
   * @param diskBytes below its directory
   */
  record Weight(long heapBytes, long threads, long files, long diskBytes) {}

  private ServerProcess(Process process, Path directory, String endpoint) {
    this.process = process;
    this.directory = directory;
    this.endpoint = endpoint;
  }

  /**
   * Starts one, and waits until it is ready.
   *
   * @param directory for it and its log
   */
  static ServerProcess start(Path launcher, Path directory) throws IOException {
    Path own = directory.resolve("server");
    ProcessBuilder builder =
        new ProcessBuilder(launcher.toString(), "server", "--port=0", "--directory=" + own)
            .redirectError(directory.resolve("server.log").toFile());
    builder.environment().put("TRESTLE_JAVA_OPTS", HEAP);
    Process process = builder.start();
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    String line = lines.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("the server has not started, see " + directory);
    }
    return new ServerProcess(process, own, line.substring(READY.length()));
  }

  String endpoint() {
    return endpoint;
  }

  /** Weighs it, when it has come to rest and collected its garbage. */
  Weight weigh() throws IOException, InterruptedException {
    TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
    long heap = reachableBytes();
    Path seen = Path.of("/proc", Long.toString(process.pid()));
    return new Weight(heap, count(seen.resolve("task")), count(seen.resolve("fd")), diskBytes());
  }

  /** The last line of the JVM's histogram of live objects has the sums: instances and bytes. */
  private long reachableBytes() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process histogram =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    List<String> lines;
    try (BufferedReader reader = histogram.inputReader(StandardCharsets.UTF_8)) {
      lines = reader.lines().filter(line -> !line.isBlank()).toList();
    }
    if (histogram.waitFor() != 0) {
      throw new IOException("jcmd: " + lines);
    }
    String[] sums = lines.get(lines.size() - 1).strip().split("\\s+", -1);
    if (sums.length < 3 || !sums[0].equals("Total")) {
      throw new IOException("jcmd: " + Arrays.toString(sums));
    }
    return Long.parseLong(sums[2]);
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    }
  }

  private long diskBytes() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).mapToLong(ServerProcess::size).sum();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** A file may go while it is looked at. */
  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
