package dev.trestle.runner.keyed;

import dev.trestle.state.table.GrowingList;
import dev.trestle.state.table.KeyedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A list in the order of time; at equal times, in that of insertion. */
final class OrderedListCell<T> extends TableCell<NavigableMap<Instant, GrowingList<T>>>
    implements OrderedListState<T> {

  OrderedListCell(KeyedTable<NavigableMap<Instant, GrowingList<T>>> table, Object namespace) {
    super(table, namespace);
  }

  /** What the table holds, as a list. */
  static <T> List<TimestampedValue<T>> flat(NavigableMap<Instant, GrowingList<T>> items) {
    List<TimestampedValue<T>> flat = new ArrayList<>();
    items.forEach(
        (time, values) ->
            values.soFar().forEach(value -> flat.add(TimestampedValue.of(value, time))));
    return flat;
  }

  /** What the table holds, of a list. */
  static <T> NavigableMap<Instant, GrowingList<T>> byTime(List<TimestampedValue<T>> flat) {
    NavigableMap<Instant, GrowingList<T>> items = new TreeMap<>();
    flat.forEach(value -> put(items, value));
    return items;
  }

  private static <T> void put(
      NavigableMap<Instant, GrowingList<T>> items, TimestampedValue<T> value) {
    items.computeIfAbsent(value.getTimestamp(), time -> new GrowingList<>()).add(value.getValue());
  }

  @Override
  public void add(TimestampedValue<T> value) {
    NavigableMap<Instant, GrowingList<T>> items = table.get(namespace);
    if (items == null) {
      items = new TreeMap<>();
    }
    put(items, value);
    table.put(namespace, items);
  }

  @Override
  public Iterable<TimestampedValue<T>> read() {
    NavigableMap<Instant, GrowingList<T>> items = table.get(namespace);
    return items == null ? List.of() : flat(items);
  }

  @Override
  public Iterable<TimestampedValue<T>> readRange(Instant minTimestamp, Instant limitTimestamp) {
    NavigableMap<Instant, GrowingList<T>> range = range(minTimestamp, limitTimestamp);
    return range == null ? List.of() : flat(range);
  }

  @Override
  public void clearRange(Instant minTimestamp, Instant limitTimestamp) {
    NavigableMap<Instant, GrowingList<T>> range = range(minTimestamp, limitTimestamp);
    if (range == null) {
      return;
    }
    range.clear();
    NavigableMap<Instant, GrowingList<T>> items = table.get(namespace);
    if (items == null || items.isEmpty()) {
      table.remove(namespace);
    } else {
      table.put(namespace, items);
    }
  }

  private @Nullable NavigableMap<Instant, GrowingList<T>> range(Instant start, Instant limit) {
    NavigableMap<Instant, GrowingList<T>> items = table.get(namespace);
    return items == null ? null : items.subMap(start, true, limit, false);
  }

  @Override
  public OrderedListState<T> readLater() {
    return this;
  }

  @Override
  public OrderedListState<T> readRangeLater(Instant minTimestamp, Instant limitTimestamp) {
    return this;
  }
}
