package dev.trestle.expansion;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionRequest;
import org.apache.beam.model.pipeline.v1.ExternalTransforms.ExternalConfigurationPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.expansion.ExternalTransformRegistrar;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.transforms.ExternalTransformBuilder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.Row;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serializer;
import org.joda.time.Duration;

/**
 * {@code WriteToKafka} whose producer has a {@code transactional.id}: Beam's exactly-once sink, of
 * which other SDKs know nothing. The id is the consumer group in which it keeps how far it is, and
 * has to be the job's own. Beam's plain sink cannot be meant: a producer with such an id refuses to
 * send outside of a transaction.
 */
public final class TransactionalKafkaWrite implements ExternalTransformRegistrar {

  static final String URN = "dev.trestle:kafka_write_exactly_once:v1";

  private static final String CONFIG_FIELD = "producer_config";

  /** How many producers write. It is part of what the sink keeps in Kafka, and may not change. */
  private static final int SHARDS = 4;

  /** The sink writes when it has so many records, or none for so long. */
  private static final int BATCH = 1000;

  private static final Duration BATCH_DELAY = Duration.millis(100);

  @Override
  public Map<String, ExternalTransformBuilder<?, ?, ?>> knownBuilderInstances() {
    return Map.of(URN, new Builder<>());
  }

  /** The request, for this transform if that is what it means. */
  static ExpansionRequest recognized(ExpansionRequest request) {
    FunctionSpec spec = request.getTransform().getSpec();
    if (!spec.getUrn().equals(KafkaIO.Write.External.URN) || !hasTransactionalId(spec)) {
      return request;
    }
    ExpansionRequest.Builder own = request.toBuilder();
    own.getTransformBuilder().getSpecBuilder().setUrn(URN);
    return own.build();
  }

  private static boolean hasTransactionalId(FunctionSpec spec) {
    try {
      ExternalConfigurationPayload payload =
          ExternalConfigurationPayload.parseFrom(spec.getPayload());
      Row row =
          RowCoder.of(SchemaTranslation.schemaFromProto(payload.getSchema()))
              .decode(payload.getPayload().newInput());
      Map<Object, Object> producer =
          row.getSchema().hasField(CONFIG_FIELD) ? row.getMap(CONFIG_FIELD) : null;
      return producer != null && producer.containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    } catch (IOException | RuntimeException e) {
      return false; // Beam's own transform says what is wrong with it
    }
  }

  /** What {@code WriteToKafka} sends. */
  public static final class Configuration {

    private Map<String, String> producerConfig = Map.of();
    private String topic = "";
    private String keySerializer = "";
    private String valueSerializer = "";

    public void setProducerConfig(Map<String, String> config) {
      producerConfig = config;
    }

    public void setTopic(String name) {
      topic = name;
    }

    public void setKeySerializer(String className) {
      keySerializer = className;
    }

    public void setValueSerializer(String className) {
      valueSerializer = className;
    }
  }

  /** Public, because Beam looks for its method. */
  public static final class Builder<K, V>
      implements ExternalTransformBuilder<Configuration, PCollection<KV<K, V>>, PDone> {

    @Override
    public PTransform<PCollection<KV<K, V>>, PDone> buildExternal(Configuration configuration) {
      Map<String, Object> producer = new HashMap<>(configuration.producerConfig);
      String id = String.valueOf(producer.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG));
      return KafkaIO.<K, V>write()
          .withProducerConfigUpdates(producer)
          .withTopic(configuration.topic)
          .withKeySerializer(Builder.<K>serializer(configuration.keySerializer))
          .withValueSerializer(Builder.<V>serializer(configuration.valueSerializer))
          .withEOS(SHARDS, id)
          .withEOSTriggerConfig(BATCH, BATCH_DELAY);
    }

    @SuppressWarnings("unchecked") // the pipeline says what its keys and values are
    private static <T> Class<? extends Serializer<T>> serializer(String className) {
      try {
        return (Class<? extends Serializer<T>>)
            Class.forName(className).asSubclass(Serializer.class);
      } catch (ClassNotFoundException e) {
        throw new IllegalArgumentException("There is no serializer " + className, e);
      }
    }
  }
}
