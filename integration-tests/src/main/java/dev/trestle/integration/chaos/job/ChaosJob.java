package dev.trestle.integration.chaos.job;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.Unvalidated;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.ProducerRecordCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.joda.time.Duration;

/**
 * Sums of amounts by key: in windows of a minute ({@code window KEY START END SUM}), in sessions
 * ({@code session KEY START END SUM}), and from the first event on ({@code total KEY END SUM}, with
 * state and timers). Ends when each partition has its end.
 */
public final class ChaosJob {

  private static final Duration MINUTE = Duration.standardMinutes(1);
  private static final Duration GAP = Duration.standardSeconds(8);

  /** The sink writes when it has so many results, or none for so long. */
  private static final int BATCH = 1000;

  private static final Duration BATCH_DELAY = Duration.millis(50);

  private ChaosJob() {}

  /** Takes {@link ChaosOptions} and those of the runner. */
  public static void main(String[] args) {
    ChaosOptions options =
        PipelineOptionsFactory.fromArgs(args).withValidation().as(ChaosOptions.class);
    options.as(TrestlePipelineOptions.class);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KV<String, Long>> amounts =
        pipeline.apply("Events", read(options)).apply("Amounts", ParDo.of(new Amounts()));
    PCollectionList.of(sums(amounts, "window", FixedWindows.of(MINUTE)))
        .and(sums(amounts, "session", Sessions.withGapDuration(GAP)))
        .and(amounts.apply("total", ParDo.of(new RunningTotals())))
        .apply(Flatten.pCollections())
        .apply("Records", ParDo.of(new Records(options.getResults())))
        .setCoder(ProducerRecordCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()))
        .apply("Results", Unvalidated.of(write(options)));
    PipelineResult.State end = pipeline.run().waitUntilFinish();
    System.exit(end == PipelineResult.State.DONE ? 0 : 1);
  }

  private static KafkaIO.Read<String, String> read(ChaosOptions options) {
    return KafkaIO.<String, String>read()
        .withBootstrapServers(options.getBootstrapServers())
        .withTopic(options.getEvents())
        .withKeyDeserializer(StringDeserializer.class)
        .withValueDeserializer(StringDeserializer.class)
        .withConsumerConfigUpdates(Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
        .withTimestampPolicyFactory((partition, previous) -> new EventTime(previous));
  }

  private static KafkaIO.WriteRecords<String, String> write(ChaosOptions options) {
    return KafkaIO.<String, String>writeRecords()
        .withBootstrapServers(options.getBootstrapServers())
        .withTopic(options.getResults())
        .withKeySerializer(StringSerializer.class)
        .withValueSerializer(StringSerializer.class)
        .withProducerConfigUpdates(Map.of(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE))
        .withEOS(options.getShards(), options.getSinkGroup())
        .withEOSTriggerConfig(BATCH, BATCH_DELAY);
  }

  private static PCollection<String> sums(
      PCollection<KV<String, Long>> amounts,
      String kind,
      WindowFn<Object, IntervalWindow> windows) {
    return amounts
        .apply(kind + " windows", Window.into(windows))
        .apply(kind + " sums", Sum.longsPerKey())
        .apply(kind, ParDo.of(new SumOfWindow(kind)))
        .apply(kind + " results", Window.into(new GlobalWindows()));
  }

  private static final class Amounts extends DoFn<KafkaRecord<String, String>, KV<String, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void processElement(
        @Element KafkaRecord<String, String> record, OutputReceiver<KV<String, Long>> out) {
      String value = record.getKV().getValue();
      if (!Event.isEnd(value)) {
        out.output(KV.of(record.getKV().getKey(), Event.parse(value).amount()));
      }
    }
  }

  private static final class SumOfWindow extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;
    private final String kind;

    SumOfWindow(String kind) {
      this.kind = kind;
    }

    @ProcessElement
    public void processElement(
        @Element KV<String, Long> sum, BoundedWindow window, OutputReceiver<String> out) {
      IntervalWindow interval = (IntervalWindow) window;
      out.output(
          String.join(
              " ",
              kind,
              sum.getKey(),
              Long.toString(interval.start().getMillis()),
              Long.toString(interval.end().getMillis()),
              Long.toString(sum.getValue())));
    }
  }

  private static final class Records extends DoFn<String, ProducerRecord<String, String>> {
    private static final long serialVersionUID = 1L;
    private final String topic;

    Records(String topic) {
      this.topic = topic;
    }

    @ProcessElement
    public void processElement(
        @Element String result, OutputReceiver<ProducerRecord<String, String>> out) {
      out.output(new ProducerRecord<>(topic, result.split(" ", 3)[1], result));
    }
  }
}
