package dev.trestle.integration.chaos.load;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Events of some keys in turn over the partitions of a topic, every ten milliseconds of event time,
 * keys and amounts by chance: the same for the same seed. Behind the last one each partition gets
 * an end. Not thread-safe.
 */
public final class EventLoad implements AutoCloseable {

  private static final int KEYS = 200;
  private static final int AMOUNTS = 1000;
  private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;
  private static final int STEP_MILLIS = 10;
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final KafkaProducer<String, String> producer;
  private final String topic;
  private final int partitions;
  private final long seed;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private long sent;

  /** A load of which nothing has been sent. */
  public EventLoad(String bootstrapServers, String topic, int partitions, long seed) {
    this.topic = topic;
    this.partitions = partitions;
    this.seed = seed;
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true),
            new StringSerializer(),
            new StringSerializer());
  }

  /**
   * Sends events until there are so many in all, and waits until the broker has them.
   *
   * @param perSecond how many a second at most
   * @throws ExecutionException if the broker does not take one
   */
  public void sendUpTo(long count, long perSecond) throws InterruptedException, ExecutionException {
    long start = System.nanoTime();
    long before = sent;
    while (sent < count) {
      long due = before + (System.nanoTime() - start + SLICE_NANOS) * perSecond / 1_000_000_000L;
      while (sent < Math.min(count, due)) {
        send(sent++);
      }
      TimeUnit.NANOSECONDS.sleep(SLICE_NANOS);
    }
    producer.flush();
    Exception first = failure.get();
    if (first != null) {
      throw new ExecutionException("The broker has not taken an event", first);
    }
  }

  /** Sends the ends. */
  public void sendEnds() throws InterruptedException, ExecutionException {
    for (int partition = 0; partition < partitions; partition++) {
      producer.send(new ProducerRecord<>(topic, partition, "", "end")).get();
    }
  }

  public long sent() {
    return sent;
  }

  private void send(long number) {
    long chance = mix(seed + number);
    String key = "k" + Long.remainderUnsigned(chance, KEYS);
    long amount = (chance >>> 40) % AMOUNTS;
    long timestamp = FIRST_TIMESTAMP + number * STEP_MILLIS;
    Future<?> unused =
        producer.send(
            new ProducerRecord<>(topic, (int) (number % partitions), key, timestamp + " " + amount),
            (metadata, exception) -> failure.compareAndSet(null, exception));
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  @Override
  public void close() {
    producer.close();
  }
}
