package dev.trestle.runner.operator;

import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * What few elements carry beside value, time, windows and pane.
 *
 * @param recordId unique id of the record at its source
 * @param recordOffset offset of the record at its source
 * @param causedByDrain whether a drain, not the data, caused the element
 */
public record Metadata(
    @Nullable String recordId, @Nullable Long recordOffset, CausedByDrain causedByDrain) {

  /** Says only that a drain caused the element. */
  public static final Metadata DRAIN = new Metadata(null, null, CausedByDrain.CAUSED_BY_DRAIN);

  /** The metadata of a windowed value, or null where it has none. */
  public static @Nullable Metadata of(WindowedValue<?> value) {
    return of(value.getRecordId(), value.getRecordOffset(), value.causedByDrain());
  }

  /** The metadata, or null where there is nothing to tell. */
  public static @Nullable Metadata of(
      @Nullable String recordId, @Nullable Long recordOffset, CausedByDrain causedByDrain) {
    return recordId == null && recordOffset == null && causedByDrain == CausedByDrain.NORMAL
        ? null
        : new Metadata(recordId, recordOffset, causedByDrain);
  }
}
