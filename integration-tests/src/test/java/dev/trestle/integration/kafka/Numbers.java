package dev.trestle.integration.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Numbers as records, each its own key. */
final class Numbers {

  private Numbers() {}

  /** Sends numbers and waits until the broker has them. */
  static void send(KafkaBroker broker, String topic, long from, long to) throws Exception {
    Map<String, Object> config =
        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (long n = from; n < to; n++) {
        String text = Long.toString(n);
        sent.add(producer.send(new ProducerRecord<>(topic, text, text)));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }
}
