package dev.trestle.integration.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the quick start with Kafka leaves to others: sends orders of a customer, and waits until as
 * many have been counted. Takes the broker, the topic of orders and that of counts. Exits with 1 if
 * they do not come.
 */
final class OrdersMain {

  private static final String CUSTOMER = "alice";
  private static final int ORDERS = 3;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private OrdersMain() {}

  public static void main(String[] args) throws Exception {
    send(args[0], args[1]);
    int counted = 0;
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    try (KafkaConsumer<String, String> consumer = new KafkaTopics(args[0]).consumer(args[2])) {
      while (counted < ORDERS && System.nanoTime() < deadline) {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          counted += record.key().equals(CUSTOMER) ? Integer.parseInt(record.value()) : 0;
        }
      }
    }
    System.out.println("counted " + counted + " of " + ORDERS + " orders");
    System.exit(counted == ORDERS ? 0 : 1);
  }

  private static void send(String bootstrapServers, String topic) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
            new StringSerializer(),
            new StringSerializer())) {
      for (int order = 1; order <= ORDERS; order++) {
        producer.send(new ProducerRecord<>(topic, CUSTOMER, "order " + order)).get();
      }
    }
  }
}
