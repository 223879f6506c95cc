package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A watermark hold: a combined timestamp, known to the operator's holds as well. */
final class HoldCell extends TableCell<Instant> implements WatermarkHoldState {

  private final WatermarkHolds holds;
  private final TimestampCombiner combiner;

  HoldCell(
      KeyedTable<Instant> table,
      WatermarkHolds holds,
      TimestampCombiner combiner,
      Object namespace) {
    super(table, namespace);
    this.holds = holds;
    this.combiner = combiner;
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
