package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A Python on this machine.
 *
 * @param executable a path, or a name to be looked for
 * @param version such as 3.11
 * @param beamVersion of the SDK that it can import, empty if it has none
 * @param sitePackages where it has its packages
 */
record PythonInterpreter(
    String executable, String version, String beamVersion, List<String> sitePackages) {

  private static final String PROBE =
      """
      import site, sys
      try:
        from importlib.metadata import version
        beam = version('apache-beam')
      except Exception:
        beam = ''
      print('%d.%d' % sys.version_info[:2])
      print(beam)
      for path in site.getsitepackages(): print(path)
      """;

  /**
   * The one for an SDK: of the version of the language that the pipeline was made with, for code
   * cannot be read by another, and with the SDK installed if there is one.
   *
   * @throws WorkerException if there is none of the version
   */
  static PythonInterpreter find(Sdk sdk, Optional<String> configured)
      throws WorkerException, InterruptedException {
    Set<String> candidates = candidates(sdk, configured);
    List<PythonInterpreter> found = new ArrayList<>();
    ExecutorService side = Executors.newFixedThreadPool(candidates.size());
    try {
      List<Future<@Nullable PythonInterpreter>> probes = new ArrayList<>();
      candidates.forEach(candidate -> probes.add(side.submit(() -> probe(candidate))));
      for (Future<@Nullable PythonInterpreter> each : probes) {
        PythonInterpreter interpreter = each.get();
        if (interpreter != null && interpreter.runs(sdk)) {
          if (interpreter.hasInstalled(sdk)) {
            return interpreter;
          }
          found.add(interpreter);
        }
      }
    } catch (ExecutionException e) {
      throw new WorkerException("No Python can be looked for", e);
    } finally {
      side.shutdownNow();
    }
    if (found.isEmpty()) {
      throw new WorkerException(
          "No worker in Python can be started: there is no Python "
              + sdk.languageVersion()
              + " among "
              + String.join(", ", candidates)
              + ". Install it, or name it with --python");
    }
    return found.get(0);
  }

  private static Set<String> candidates(Sdk sdk, Optional<String> configured) {
    Set<String> candidates = new LinkedHashSet<>();
    if (configured.isPresent()) {
      candidates.add(configured.get());
    } else {
      String environment = System.getenv("VIRTUAL_ENV");
      if (environment != null && !environment.isEmpty()) {
        candidates.add(Path.of(environment, "bin", "python").toString());
      }
      candidates.add("python" + sdk.languageVersion());
      candidates.add("python3");
      candidates.add("python");
    }
    return candidates;
  }

  private static @Nullable PythonInterpreter probe(String executable) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    try {
      int status = ChildProgram.run(List.of(executable, "-c", PROBE), lines::add);
      return status == 0 && lines.size() > 1
          ? new PythonInterpreter(
              executable, lines.get(0), lines.get(1), List.copyOf(lines.subList(2, lines.size())))
          : null;
    } catch (IOException e) {
      return null; // there is no such program
    }
  }

  private boolean runs(Sdk sdk) {
    return sdk.languageVersion().isEmpty() || version.equals(sdk.languageVersion());
  }

  /** Whether nothing has to be installed for the SDK itself. */
  boolean hasInstalled(Sdk sdk) {
    return sdk.version().isEmpty() ? !beamVersion.isEmpty() : beamVersion.equals(sdk.version());
  }
}
