package dev.trestle.integration.chaos.job;

import java.util.Optional;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/**
 * Of a partition whose timestamps ascend: the watermark is the newest timestamp, so nothing is ever
 * late, and behind the mark at its end nothing is to be expected.
 */
final class EventTime extends TimestampPolicy<String, String> {

  private Instant watermark;

  /**
   * A policy.
   *
   * @param previous how far the watermark was when the partition was read last
   */
  EventTime(Optional<Instant> previous) {
    watermark = previous.orElse(BoundedWindow.TIMESTAMP_MIN_VALUE);
  }

  @Override
  public Instant getTimestampForRecord(
      PartitionContext context, KafkaRecord<String, String> record) {
    String value = record.getKV().getValue();
    if (Event.isEnd(value)) {
      Instant last = watermark;
      watermark = BoundedWindow.TIMESTAMP_MAX_VALUE;
      return last;
    }
    watermark = Instant.ofEpochMilli(Event.parse(value).timestamp());
    return watermark;
  }

  @Override
  public Instant getWatermark(PartitionContext context) {
    return watermark;
  }
}
