package dev.trestle.integration.chaos.verify;

import dev.trestle.integration.kafka.KafkaTopics;
import java.util.HashMap;
import java.util.Map;

/**
 * The results that were found beside those that had to be.
 *
 * @param expected how many results had to be there
 * @param found how many are there
 * @param missing how many of the expected ones are not there
 * @param duplicated how often an expected one is there once more
 * @param unexpected how many are there that had not to be
 */
public record Verification(
    long expected, long found, long missing, long duplicated, long unexpected) {

  /** Reads both topics to their ends. */
  public static Verification of(
      KafkaTopics topics, String events, String results, Expectation expectation) {
    topics.read(events, expectation::event);
    Map<String, Integer> expected = new HashMap<>();
    expectation.results(result -> expected.put(result, 0));
    long[] counts = new long[2];
    topics.read(
        results,
        record -> {
          counts[0]++;
          if (expected.computeIfPresent(record.value(), (result, times) -> times + 1) == null) {
            counts[1]++;
          }
        });
    long missing = 0;
    long duplicated = 0;
    for (int times : expected.values()) {
      missing += times == 0 ? 1 : 0;
      duplicated += Math.max(0, times - 1);
    }
    return new Verification(expected.size(), counts[0], missing, duplicated, counts[1]);
  }

  /** Whether each expected result was found once, and nothing else. */
  public boolean isExact() {
    return missing == 0 && duplicated == 0 && unexpected == 0;
  }
}
