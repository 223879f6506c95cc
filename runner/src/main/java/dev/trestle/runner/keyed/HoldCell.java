package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A watermark hold: a combined timestamp, known to the operator's holds as well. */
final class HoldCell implements WatermarkHoldState {

  private final KeyedTable<Instant> table;
  private final WatermarkHolds holds;
  private final TimestampCombiner combiner;
  private final Object namespace;

  HoldCell(
      KeyedTable<Instant> table,
      WatermarkHolds holds,
      TimestampCombiner combiner,
      Object namespace) {
    this.table = table;
    this.holds = holds;
    this.combiner = combiner;
    this.namespace = namespace;
  }

  @Override
  public void add(Instant time) {
    Instant before = table.get(namespace);
    Instant now = before == null ? time : combiner.combine(before, time);
    if (!now.equals(before)) {
      table.put(namespace, now);
      holds.changed(before, now);
    }
  }

  @Override
  public @Nullable Instant read() {
    return table.get(namespace);
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> table.get(namespace) == null);
  }

  @Override
  public void clear() {
    holds.clear(table, namespace);
  }

  @Override
  public TimestampCombiner getTimestampCombiner() {
    return combiner;
  }

  @Override
  public WatermarkHoldState readLater() {
    return this;
  }
}
