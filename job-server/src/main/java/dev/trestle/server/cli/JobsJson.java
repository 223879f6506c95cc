package dev.trestle.server.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricKey;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.jspecify.annotations.Nullable;

/** Jobs and their metrics as JSON, for programs. */
final class JobsJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JobsJson() {}

  static String of(List<KnownJob> jobs) {
    ArrayNode array = MAPPER.createArrayNode();
    jobs.forEach(job -> array.add(node(job)));
    return array.toPrettyString();
  }

  static ObjectNode node(KnownJob job) {
    return MAPPER
        .createObjectNode()
        .put("name", job.name())
        .put("id", job.id())
        .put("state", job.state())
        .put("where", job.where());
  }

  /** A message, on one line. */
  static String line(String time, String importance, String text) {
    return MAPPER
        .createObjectNode()
        .put("time", time)
        .put("importance", importance)
        .put("text", text)
        .toString();
  }

  static String of(MetricQueryResults metrics) {
    ArrayNode array = MAPPER.createArrayNode();
    metrics.getCounters().forEach(each -> array.add(metric("counter", each)));
    metrics.getDistributions().forEach(each -> array.add(metric("distribution", each)));
    metrics.getGauges().forEach(each -> array.add(metric("gauge", each)));
    metrics.getStringSets().forEach(each -> array.add(metric("stringSet", each)));
    metrics.getBoundedTries().forEach(each -> array.add(metric("boundedTrie", each)));
    return array.toPrettyString();
  }

  /** Sampled elements, each by what is known of it. */
  static String ofSamples(List<Map<String, String>> samples) {
    return MAPPER.<ArrayNode>valueToTree(samples).toPrettyString();
  }

  private static ObjectNode metric(String kind, MetricResult<?> result) {
    MetricKey key = result.getKey();
    ObjectNode node =
        MAPPER
            .createObjectNode()
            .put("kind", kind)
            .put("step", key.stepName())
            .put("namespace", key.metricName().getNamespace())
            .put("name", key.metricName().getName());
    node.set("attempted", MAPPER.valueToTree(plain(result.getAttempted())));
    node.set("committed", MAPPER.valueToTree(plain(result.getCommittedOrNull())));
    return node;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof DistributionResult distribution) {
      return Map.of(
          "count", distribution.getCount(),
          "sum", distribution.getSum(),
          "min", distribution.getMin(),
          "max", distribution.getMax());
    }
    if (value instanceof GaugeResult gauge) {
      return Map.of("value", gauge.getValue(), "time", gauge.getTimestamp().toString());
    }
    if (value instanceof StringSetResult set) {
      return set.getStringSet();
    }
    return value instanceof BoundedTrieResult trie ? trie.getResult() : value;
  }
}
