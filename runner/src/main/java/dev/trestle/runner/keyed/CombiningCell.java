package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import java.util.Arrays;
import java.util.Optional;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.jspecify.annotations.Nullable;

/** An accumulator. It may be null, for which the table holds an empty {@code Optional}. */
final class CombiningCell<InputT, AccumT, OutputT>
    implements CombiningState<InputT, AccumT, OutputT> {

  private final KeyedTable<Object> table;
  private final Object namespace;
  private final CombineFn<InputT, AccumT, OutputT> fn;

  CombiningCell(KeyedTable<Object> table, Object namespace, CombineFn<InputT, AccumT, OutputT> fn) {
    this.table = table;
    this.namespace = namespace;
    this.fn = fn;
  }

  /** What the table holds for an accumulator. */
  static Object stored(@Nullable Object accumulator) {
    return accumulator == null ? Optional.empty() : accumulator;
  }

  /** The accumulator for what the table holds. */
  @SuppressWarnings({"unchecked", "NullAway"}) // null only where the user's accumulator is null
  static <A> A restored(Object stored) {
    return stored == Optional.empty() ? null : (A) stored;
  }

  @Override
  public void add(InputT value) {
    table.put(namespace, stored(fn.addInput(getAccum(), value)));
  }

  @Override
  public void addAccum(AccumT accumulator) {
    table.put(namespace, stored(fn.mergeAccumulators(Arrays.asList(getAccum(), accumulator))));
  }

  @Override
  public AccumT mergeAccumulators(Iterable<AccumT> accumulators) {
    return fn.mergeAccumulators(accumulators);
  }

  @Override
  public AccumT getAccum() {
    Object stored = table.get(namespace);
    return stored == null ? fn.createAccumulator() : restored(stored);
  }

  /**
   * The output, of an accumulator apart: it may well be the accumulator, which goes on changing.
   */
  @Override
  public OutputT read() {
    AccumT apart = fn.createAccumulator();
    Object stored = table.get(namespace);
    if (stored != null) {
      apart = fn.mergeAccumulators(Arrays.asList(apart, restored(stored)));
    }
    return fn.extractOutput(apart);
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> table.get(namespace) == null);
  }

  @Override
  public void clear() {
    table.remove(namespace);
  }

  @Override
  public CombiningState<InputT, AccumT, OutputT> readLater() {
    return this;
  }
}
