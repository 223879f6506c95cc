package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedTable;
import java.util.Arrays;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/** An accumulator. */
final class CombiningCell<InputT, AccumT, OutputT> extends TableCell<Object>
    implements CombiningState<InputT, AccumT, OutputT> {

  private final CombineFn<InputT, AccumT, OutputT> fn;
  private final Accumulators<AccumT> accumulators = new Accumulators<>();

  CombiningCell(KeyedTable<Object> table, Object namespace, CombineFn<InputT, AccumT, OutputT> fn) {
    super(table, namespace);
    this.fn = fn;
  }

  @Override
  public void add(InputT value) {
    table.put(namespace, accumulators.store(fn.addInput(getAccum(), value)));
  }

  @Override
  public void addAccum(AccumT accumulator) {
    table.put(
        namespace,
        accumulators.store(fn.mergeAccumulators(Arrays.asList(getAccum(), accumulator))));
  }

  @Override
  public AccumT mergeAccumulators(Iterable<AccumT> several) {
    return fn.mergeAccumulators(several);
  }

  @Override
  public AccumT getAccum() {
    Object stored = table.get(namespace);
    return stored == null ? fn.createAccumulator() : accumulators.restore(stored);
  }

  /**
   * The output, of an accumulator apart: it may well be the accumulator, which goes on changing.
   */
  @Override
  public OutputT read() {
    AccumT apart = fn.createAccumulator();
    Object stored = table.get(namespace);
    if (stored != null) {
      apart = fn.mergeAccumulators(Arrays.asList(apart, accumulators.restore(stored)));
    }
    return fn.extractOutput(apart);
  }

  @Override
  public CombiningState<InputT, AccumT, OutputT> readLater() {
    return this;
  }
}
