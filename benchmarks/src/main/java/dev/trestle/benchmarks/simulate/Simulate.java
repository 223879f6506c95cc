package dev.trestle.benchmarks.simulate;

import dev.trestle.benchmarks.Arguments;
import dev.trestle.runner.recovery.Rehearsal;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs many schedules of the pipelines that have to survive crashes, each from its own seed, and
 * prints which of them have done something else than without.
 *
 * <p>Arguments: {@code --directory=EMPTY} for files; {@code --schedules=N} over all pipelines,
 * {@code --seed=S} for the first seed of each, {@code --pipeline=NAME} for one alone.
 */
public final class Simulate {

  private Simulate() {}

  /** Exits with 1 if a schedule has diverged. */
  public static void main(String[] args) throws Exception {
    Arguments arguments = new Arguments(args);
    String pipeline = arguments.optional("pipeline", "");
    long schedules = arguments.number("schedules", 10_000);
    long seed = arguments.number("seed", 1);
    Path directory = Path.of(arguments.required("directory"));
    arguments.refuseOthers();
    List<String> all = Rehearsal.names();
    if (!pipeline.isEmpty() && !all.contains(pipeline)) {
      throw new IllegalArgumentException(
          "no pipeline is called " + pipeline + "; there are " + String.join(", ", all));
    }
    Schedules plan =
        new Schedules(pipeline.isEmpty() ? all : List.of(pipeline), schedules, seed, directory);
    System.exit(plan.run() ? 0 : 1);
  }
}
