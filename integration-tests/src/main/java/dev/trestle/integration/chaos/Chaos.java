package dev.trestle.integration.chaos;

import dev.trestle.integration.chaos.verify.Accounts;
import dev.trestle.integration.chaos.verify.Verification;
import dev.trestle.integration.kafka.KafkaBroker;
import dev.trestle.integration.kafka.KafkaTopics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Kills a job at random instants while it reads and writes Kafka, and counts the results. Takes the
 * number of events, the number of kills, a seed, and an empty directory. Exits with 0 where every
 * result is there once.
 */
public final class Chaos {

  private Chaos() {}

  public static void main(String[] args) throws Exception {
    long events = Long.parseLong(args[0]);
    int kills = Integer.parseInt(args[1]);
    long seed = Long.parseLong(args[2]);
    System.err.println("chaos: seed " + seed + ", logs in " + args[3]);
    System.exit(run(events, kills, seed, Path.of(args[3])).isExact() ? 0 : 1);
  }

  /** Runs it all, and says on standard output what came of it. */
  static Verification run(long events, int kills, long seed, Path directory) throws Exception {
    Path brokerDirectory = Files.createDirectories(directory.resolve("broker"));
    try (KafkaBroker broker = KafkaBroker.start(brokerDirectory);
        ChaosRun run = new ChaosRun(broker.bootstrapServers(), directory, seed)) {
      run.run(events, kills, new Random(seed));
      Verification verification =
          Verification.of(
              new KafkaTopics(broker.bootstrapServers()),
              ChaosRun.EVENTS,
              ChaosRun.RESULTS,
              new Accounts());
      System.out.println(line(kills, verification, run.secondsToResult()));
      return verification;
    }
  }

  private static String line(int kills, Verification verification, List<Double> seconds) {
    return String.format(
        Locale.ROOT,
        "chaos: kills=%d expected=%d found=%d missing=%d duplicated=%d unexpected=%d"
            + " start_to_result_median=%.1f start_to_result_max=%.1f",
        kills,
        verification.expected(),
        verification.found(),
        verification.missing(),
        verification.duplicated(),
        verification.unexpected(),
        seconds.isEmpty() ? 0 : seconds.get(seconds.size() / 2),
        seconds.isEmpty() ? 0 : seconds.get(seconds.size() - 1));
  }
}
