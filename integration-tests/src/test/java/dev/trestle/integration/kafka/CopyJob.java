package dev.trestle.integration.kafka;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.Unvalidated;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.ProducerRecordCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.joda.time.Duration;

/** Copies a topic to another, exactly once. */
final class CopyJob {

  private static final int SHARDS = 2;
  private static final AtomicLong SEEN = new AtomicLong();
  private static final AtomicBoolean FAIL = new AtomicBoolean();
  private static final AtomicBoolean FAILED = new AtomicBoolean();

  private CopyJob() {}

  static void reset() {
    SEEN.set(0);
    FAIL.set(false);
    FAILED.set(false);
  }

  /** How many records have been read, those included that were read again. */
  static long seen() {
    return SEEN.get();
  }

  /** Makes the job fail at the next record. */
  static void failOnce() {
    FAIL.set(true);
  }

  static boolean hasFailed() {
    return FAILED.get();
  }

  /** The consumer group in which a topic is read. */
  static String reader(String topic) {
    return topic + "-reader";
  }

  /** Whether every shard of the sink has written something. */
  static boolean sinkIsKnown(KafkaTopics topics, String to) {
    try {
      return topics.committed(sink(to)).size() == SHARDS;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sink(String to) {
    return to + "-sink";
  }

  static PipelineResult start(
      TrestlePipelineOptions options, String servers, String from, String to) {
    Pipeline pipeline = Pipeline.create(options);
    records(pipeline, servers, from, to).apply("Write", Unvalidated.of(write(servers, to)));
    return pipeline.run();
  }

  static PipelineResult startUnwrapped(
      TrestlePipelineOptions options, String servers, String from, String to) {
    Pipeline pipeline = Pipeline.create(options);
    records(pipeline, servers, from, to).apply("Write", write(servers, to));
    return pipeline.run();
  }

  private static PCollection<ProducerRecord<String, String>> records(
      Pipeline pipeline, String servers, String from, String to) {
    return pipeline
        .apply(
            "Read",
            KafkaIO.<String, String>read()
                .withBootstrapServers(servers)
                .withTopic(from)
                .withKeyDeserializer(StringDeserializer.class)
                .withValueDeserializer(StringDeserializer.class)
                .withConsumerConfigUpdates(
                    Map.of(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.GROUP_ID_CONFIG,
                        reader(from)))
                .withCreateTime(Duration.ZERO)
                .commitOffsetsInFinalize())
        .apply("Copy", ParDo.of(new Copy(to)))
        .setCoder(ProducerRecordCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()));
  }

  private static KafkaIO.WriteRecords<String, String> write(String servers, String to) {
    return KafkaIO.<String, String>writeRecords()
        .withBootstrapServers(servers)
        .withTopic(to)
        .withKeySerializer(StringSerializer.class)
        .withValueSerializer(StringSerializer.class)
        .withProducerConfigUpdates(Map.of(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE))
        .withEOS(SHARDS, sink(to))
        .withEOSTriggerConfig(500, Duration.millis(50));
  }

  private static final class Copy
      extends DoFn<KafkaRecord<String, String>, ProducerRecord<String, String>> {
    private final String to;

    Copy(String to) {
      this.to = to;
    }

    @ProcessElement
    public void processElement(
        @Element KafkaRecord<String, String> record,
        OutputReceiver<ProducerRecord<String, String>> out) {
      SEEN.incrementAndGet();
      if (FAIL.compareAndSet(true, false)) {
        FAILED.set(true);
        throw new IllegalStateException("meant to fail");
      }
      String value = record.getKV().getValue();
      out.output(new ProducerRecord<>(to, value, value));
    }
  }
}
