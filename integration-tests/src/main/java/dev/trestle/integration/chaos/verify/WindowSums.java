package dev.trestle.integration.chaos.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How many events of each key, and which sum, there are in windows of the time at which the broker
 * has taken them: {@code window KEY START END COUNT SUM}, in milliseconds.
 */
public final class WindowSums implements Expectation {

  private final long windowMillis;
  private final Map<Window, long[]> countAndSum = new HashMap<>();

  private record Window(String key, long start) {}

  public WindowSums(long windowMillis) {
    this.windowMillis = windowMillis;
  }

  @Override
  public void event(ConsumerRecord<String, String> event) {
    long start = event.timestamp() - Math.floorMod(event.timestamp(), windowMillis);
    long[] window =
        countAndSum.computeIfAbsent(new Window(event.key(), start), unused -> new long[2]);
    window[0]++;
    window[1] += Long.parseLong(event.value().split(" ", -1)[1]);
  }

  @Override
  public void results(Consumer<String> results) {
    countAndSum.forEach(
        (window, values) ->
            results.accept(
                String.join(
                    " ",
                    "window",
                    window.key(),
                    Long.toString(window.start()),
                    Long.toString(window.start() + windowMillis),
                    Long.toString(values[0]),
                    Long.toString(values[1]))));
  }
}
