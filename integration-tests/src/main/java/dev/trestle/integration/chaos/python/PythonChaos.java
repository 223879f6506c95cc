package dev.trestle.integration.chaos.python;

import dev.trestle.integration.chaos.verify.Verification;
import dev.trestle.integration.chaos.verify.WindowSums;
import dev.trestle.integration.kafka.KafkaBroker;
import dev.trestle.integration.kafka.KafkaTopics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * Kills the server of a Python job, and its workers, while it reads and writes Kafka, and counts
 * the results. Takes the number of events, the number of kills, a seed, an empty directory, the
 * working tree, and a Python interpreter with Beam. Exits with 0 where every result is there once.
 */
public final class PythonChaos {

  private PythonChaos() {}

  public static void main(String[] args) throws Exception {
    long events = Long.parseLong(args[0]);
    int kills = Integer.parseInt(args[1]);
    long seed = Long.parseLong(args[2]);
    Path directory = Path.of(args[3]);
    System.err.println("chaos-python: seed " + seed + ", logs in " + directory);
    PythonJob.Installation installation =
        new PythonJob.Installation(Path.of(args[4]), Path.of(args[5]));
    System.exit(run(events, kills, seed, directory, installation) ? 0 : 1);
  }

  private static boolean run(
      long events, int kills, long seed, Path directory, PythonJob.Installation installation)
      throws Exception {
    Path brokerDirectory = Files.createDirectories(directory.resolve("broker"));
    try (KafkaBroker broker = KafkaBroker.start(brokerDirectory);
        PythonChaosRun run =
            new PythonChaosRun(broker.bootstrapServers(), directory, seed, installation)) {
      run.run(events, kills, new Random(seed));
      Verification verification =
          Verification.of(
              new KafkaTopics(broker.bootstrapServers()),
              PythonChaosRun.EVENTS,
              PythonChaosRun.RESULTS,
              new WindowSums(PythonJob.WINDOW_SECONDS * 1000L));
      System.err.println(
          "chaos-python: results that nothing accounts for: " + verification.unexpected());
      System.out.println(line(kills, verification));
      return verification.isExact();
    }
  }

  private static String line(int kills, Verification verification) {
    return String.format(
        Locale.ROOT,
        "chaos-python: kills=%d expected=%d found=%d missing=%d duplicated=%d",
        kills,
        verification.expected(),
        verification.found(),
        verification.missing(),
        verification.duplicated());
  }
}
