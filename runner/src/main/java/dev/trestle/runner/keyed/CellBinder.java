package dev.trestle.runner.keyed;

import dev.trestle.state.table.GrowingList;
import dev.trestle.state.table.KeyedListTable;
import dev.trestle.state.table.KeyedMapTable;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTable;
import dev.trestle.state.table.ListTableDescriptor;
import dev.trestle.state.table.MapTableDescriptor;
import dev.trestle.state.table.Serializer;
import dev.trestle.state.table.TableDescriptor;
import java.util.NavigableMap;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateBinder;
import org.apache.beam.sdk.state.StateContexts;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.util.CombineFnUtil;
import org.apache.beam.sdk.values.TimestampedValue.TimestampedValueCoder;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the specification of a state cell to a table, once for each cell. Beam's binder is to
 * return a state object; what is wanted is the cell that makes such objects, so it is kept aside.
 */
final class CellBinder implements StateBinder {

  /** A namespace for the object that binding has to return and nobody uses. */
  private static final Object NOWHERE = "";

  private final String tableName;
  private final KeyedStateBackend backend;
  private final WatermarkHolds holds;
  private @Nullable StateCell<?> cell;

  private CellBinder(String tableName, KeyedStateBackend backend, WatermarkHolds holds) {
    this.tableName = tableName;
    this.backend = backend;
    this.holds = holds;
  }

  /** The cell of a tag. */
  static StateCell<?> resolve(
      StateTag<?> tag, String tableName, KeyedStateBackend backend, WatermarkHolds holds) {
    CellBinder binder = new CellBinder(tableName, backend, holds);
    tag.getSpec().bind(tag.getId(), binder);
    StateCell<?> cell = binder.cell;
    if (cell == null) {
      throw new UnsupportedOperationException("State of an unknown kind: " + tag.getSpec());
    }
    return cell;
  }

  private <S extends State> S made(StateCell<S> made) {
    cell = made;
    return made.at(NOWHERE, StateContexts.nullContext());
  }

  private <S extends State> S made(StateCell.Factory<S> factory) {
    return made(new StateCell<>(factory, false));
  }

  private <V> KeyedTable<V> table(Serializer<V> values) {
    return backend.table(new TableDescriptor<>(tableName, values));
  }

  private <V extends @Nullable Object> KeyedMapTable<Object, V> mapTable(
      SubKeys<?> keys, Serializer<V> values) {
    return backend.mapTable(new MapTableDescriptor<>(tableName, keys.serializer(), values));
  }

  private static <T> Serializer<GrowingList<T>> listOf(Coder<T> coder) {
    return new CoderSerializer<>(ListCoder.of(coder), GrowingList::soFar, GrowingList::of);
  }

  @Override
  public <T> ValueState<T> bindValue(String id, StateSpec<ValueState<T>> spec, Coder<T> coder) {
    KeyedTable<T> table = table(CoderSerializer.of(coder));
    return made((namespace, context) -> new ValueCell<>(table, namespace));
  }

  @Override
  public <T> BagState<T> bindBag(String id, StateSpec<BagState<T>> spec, Coder<T> elemCoder) {
    KeyedListTable<T> table =
        backend.listTable(new ListTableDescriptor<>(tableName, CoderSerializer.of(elemCoder)));
    return made((namespace, context) -> new BagCell<>(table, namespace));
  }

  @Override
  public <T> SetState<T> bindSet(String id, StateSpec<SetState<T>> spec, Coder<T> elemCoder) {
    SubKeys<T> elements = new SubKeys<>(elemCoder);
    KeyedMapTable<Object, Boolean> table =
        mapTable(elements, CoderSerializer.of(BooleanCoder.of()));
    return made((namespace, context) -> new SetCell<>(table, elements, namespace));
  }

  @Override
  public <K, V> MapState<K, V> bindMap(
      String id, StateSpec<MapState<K, V>> spec, Coder<K> mapKeyCoder, Coder<V> mapValueCoder) {
    SubKeys<K> keys = new SubKeys<>(mapKeyCoder);
    KeyedMapTable<Object, V> table = mapTable(keys, CoderSerializer.of(mapValueCoder));
    return made((namespace, context) -> new MapCell<>(table, keys, namespace));
  }

  @Override
  public <K, V> MultimapState<K, V> bindMultimap(
      String id, StateSpec<MultimapState<K, V>> spec, Coder<K> keyCoder, Coder<V> valueCoder) {
    SubKeys<K> keys = new SubKeys<>(keyCoder);
    KeyedMapTable<Object, GrowingList<V>> table = mapTable(keys, listOf(valueCoder));
    return made((namespace, context) -> new MultimapCell<>(table, keys, namespace));
  }

  @Override
  public <T> OrderedListState<T> bindOrderedList(
      String id, StateSpec<OrderedListState<T>> spec, Coder<T> elemCoder) {
    KeyedTable<NavigableMap<Instant, GrowingList<T>>> table =
        table(
            new CoderSerializer<>(
                ListCoder.of(TimestampedValueCoder.of(elemCoder)),
                OrderedListCell::flat,
                OrderedListCell::byTime));
    return made((namespace, context) -> new OrderedListCell<>(table, namespace));
  }

  @Override
  public <InputT, AccumT, OutputT> CombiningState<InputT, AccumT, OutputT> bindCombining(
      String id,
      StateSpec<CombiningState<InputT, AccumT, OutputT>> spec,
      Coder<AccumT> accumCoder,
      CombineFn<InputT, AccumT, OutputT> combineFn) {
    KeyedTable<Object> table = accumulators(accumCoder);
    return made((namespace, context) -> new CombiningCell<>(table, namespace, combineFn));
  }

  @Override
  public <InputT, AccumT, OutputT> CombiningState<InputT, AccumT, OutputT> bindCombiningWithContext(
      String id,
      StateSpec<CombiningState<InputT, AccumT, OutputT>> spec,
      Coder<AccumT> accumCoder,
      CombineFnWithContext<InputT, AccumT, OutputT> combineFn) {
    KeyedTable<Object> table = accumulators(accumCoder);
    return made(
        new StateCell<CombiningState<InputT, AccumT, OutputT>>(
            (namespace, context) ->
                new CombiningCell<>(
                    table, namespace, CombineFnUtil.bindContext(combineFn, context)),
            true));
  }

  private <AccumT> KeyedTable<Object> accumulators(Coder<AccumT> coder) {
    return table(new Accumulators<AccumT>().serializer(coder));
  }

  @Override
  public WatermarkHoldState bindWatermark(
      String id, StateSpec<WatermarkHoldState> spec, TimestampCombiner timestampCombiner) {
    KeyedTable<Instant> table =
        backend.table(new TableDescriptor<>(tableName, CoderSerializer.of(InstantCoder.of())));
    holds.register(table);
    return made((namespace, context) -> new HoldCell(table, holds, timestampCombiner, namespace));
  }
}
