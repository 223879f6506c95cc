package dev.trestle.integration.chaos;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.integration.kafka.KafkaTopics;
import java.time.Duration;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Reads results as soon as they are committed, on a thread of its own: how many there are, and when
 * the last ones came. Any thread may call.
 */
public final class ResultsWatch implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(50);

  private final KafkaConsumer<String, String> consumer;
  private volatile boolean closed;

  @GuardedBy("this")
  private long count;

  /** A watch that is running. The broker has to be there until it is closed. */
  public ResultsWatch(KafkaTopics topics, String results) {
    consumer = topics.consumer(results);
    Thread thread = new Thread(this::watch, "results-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try (consumer) {
      while (!closed) {
        int more = consumer.poll(POLL).count();
        synchronized (this) {
          count += more;
        }
      }
    }
  }

  /** How many there are. */
  public synchronized long count() {
    return count;
  }

  /** Ends it, soon. */
  @Override
  public void close() {
    closed = true;
  }
}
