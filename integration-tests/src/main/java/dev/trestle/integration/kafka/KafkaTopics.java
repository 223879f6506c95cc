package dev.trestle.integration.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Topics of a broker, read and looked at with Kafka's own clients. Any thread may call. */
public final class KafkaTopics {

  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;

  public KafkaTopics(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /** Makes an empty topic. */
  public void create(String topic, int partitions) throws InterruptedException, ExecutionException {
    create(topic, partitions, Map.of());
  }

  /** Makes an empty topic whose records have the time at which the broker took them. */
  public void createWithBrokerTime(String topic, int partitions)
      throws InterruptedException, ExecutionException {
    create(
        topic,
        partitions,
        Map.of(
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, TimestampType.LOG_APPEND_TIME.toString()));
  }

  private void create(String topic, int partitions, Map<String, String> config)
      throws InterruptedException, ExecutionException {
    NewTopic created = new NewTopic(topic, partitions, (short) 1).configs(config);
    try (Admin admin = admin()) {
      admin.createTopics(List.of(created)).all().get();
    }
  }

  /** What a consumer group has committed. */
  public Map<TopicPartition, OffsetAndMetadata> committed(String group)
      throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    }
  }

  /**
   * A consumer of a whole topic from its start, which sees of a transaction nothing before it is
   * committed, and nothing of one that is aborted.
   */
  public KafkaConsumer<String, String> consumer(String topic) {
    Map<String, Object> config = new HashMap<>();
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    consumer.assign(
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList());
    consumer.seekToBeginning(consumer.assignment());
    return consumer;
  }

  /** Reads a topic as {@link #consumer} does, up to where it ends now. */
  public void read(String topic, Consumer<ConsumerRecord<String, String>> reader) {
    try (KafkaConsumer<String, String> consumer = consumer(topic)) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(POLL).forEach(reader);
      }
    }
  }

  private Admin admin() {
    return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
  }
}
