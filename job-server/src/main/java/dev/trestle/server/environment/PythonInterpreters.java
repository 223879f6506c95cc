package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.WorkerException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Pythons of this machine. To ask them takes tenths of a second, so one that was found is
 * taken again until it changes. Any thread may call; the lock guards which were found.
 */
final class PythonInterpreters {

  /** For so many SDKs; who submits pipelines names them. */
  private static final int MOST = 16;

  /** The one first that was wanted longest ago. */
  @GuardedBy("this")
  private final Map<Wanted, Found> found = new LinkedHashMap<>(16, 0.75f, true);

  private record Wanted(Sdk sdk, Optional<String> configured) {}

  private record Found(PythonInterpreter interpreter, Instant asked) {}

  /**
   * The one for an SDK: of the version of the language that the pipeline was made with, for code
   * cannot be read by another, and with the SDK installed if there is one.
   *
   * @param configured the only one to ask; without it, those that users expect
   * @throws WorkerException if there is none of the version
   */
  PythonInterpreter find(Sdk sdk, Optional<String> configured)
      throws WorkerException, InterruptedException {
    Wanted wanted = new Wanted(sdk, configured);
    Found before = before(wanted);
    if (before != null
        && before.interpreter().isUnchangedSince(before.asked().minus(PythonInterpreter.SLACK))) {
      return before.interpreter();
    }
    Instant now = Instant.now();
    PythonInterpreter interpreter = ask(sdk, candidates(sdk, configured));
    keep(wanted, new Found(interpreter, now));
    return interpreter;
  }

  private synchronized @Nullable Found before(Wanted wanted) {
    return found.get(wanted);
  }

  private synchronized void keep(Wanted wanted, Found now) {
    found.put(wanted, now);
    if (found.size() > MOST) {
      found.remove(found.keySet().iterator().next());
    }
  }

  private static PythonInterpreter ask(Sdk sdk, Set<String> candidates)
      throws WorkerException, InterruptedException {
    List<PythonInterpreter> others = new ArrayList<>();
    ExecutorService side = Executors.newFixedThreadPool(candidates.size());
    try {
      List<Future<@Nullable PythonInterpreter>> probes = new ArrayList<>();
      candidates.forEach(
          candidate -> probes.add(side.submit(() -> PythonInterpreter.probe(candidate))));
      for (Future<@Nullable PythonInterpreter> each : probes) {
        PythonInterpreter interpreter = each.get();
        if (interpreter != null && interpreter.runs(sdk)) {
          if (interpreter.hasInstalled(sdk)) {
            return interpreter;
          }
          others.add(interpreter);
        }
      }
    } catch (ExecutionException e) {
      throw new WorkerException("No Python can be looked for", e);
    } finally {
      side.shutdownNow();
    }
    if (others.isEmpty()) {
      throw new WorkerException(
          "No worker in Python can be started: there is no Python "
              + sdk.languageVersion()
              + " among "
              + String.join(", ", candidates)
              + ". Install it, or name it with --python");
    }
    return others.get(0);
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
}
