package dev.trestle.examples;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.examples.Leaderboard.Play;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.PipelineResult;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LeaderboardTest {
  private static final int EVENTS = 500;
  private static final int INTERVAL = 20;
  private static final int WINDOW = 2_000;

  @TempDir Path directory;

  @Test
  void finalStandingsEqualAnIndependentCount() throws IOException {
    Instant start = Instant.parse("2024-05-01T12:00:00Z");

    play(start.toString());

    assertThat(
        Runs.lines(directory.resolve("board")).stream().sorted().toList(), is(expected(start)));
  }

  private void play(String start) {
    Leaderboard.Options options =
        Runs.options(
            Leaderboard.Options.class,
            "--output=" + directory.resolve("board"),
            "--events=" + EVENTS,
            "--intervalMillis=" + INTERVAL,
            "--windowSeconds=" + WINDOW / 1000,
            "--start=" + start);
    assertThat(Leaderboard.build(options).run().waitUntilFinish(), is(PipelineResult.State.DONE));
  }

  /** The same by a loop. */
  private static List<String> expected(Instant start) {
    Map<String, Map<String, Integer>> points = new TreeMap<>();
    for (int event = 0; event < EVENTS; event++) {
      Instant moment = start.plus(Duration.millis(INTERVAL).multipliedBy(event));
      Instant window = Instant.ofEpochMilli(moment.getMillis() / WINDOW * WINDOW);
      Play play = Play.at(moment);
      points
          .computeIfAbsent(window + " " + play.team(), key -> new TreeMap<>())
          .merge(play.player(), play.points(), Integer::sum);
    }
    List<String> lines = new ArrayList<>();
    points.forEach(
        (key, players) ->
            lines.add(
                players.entrySet().stream()
                    .sorted(
                        Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(3)
                    .map(player -> player.getKey() + " " + player.getValue())
                    .collect(Collectors.joining(", ", key + ": ", ""))));
    return lines;
  }
}
