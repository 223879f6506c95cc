package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedMapTable;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.apache.beam.sdk.state.SetState;

/** A set: the sub-keys of a map table. */
final class SetCell<T> extends MapTableCell<T, Boolean> implements SetState<T> {

  SetCell(KeyedMapTable<Object, Boolean> table, SubKeys<T> elements, Object namespace) {
    super(table, elements, namespace);
  }

  @Override
  public void add(T value) {
    addNew(keys.wrap(value));
  }

  /** Adds an element unless an equal one is there, and says whether it did. */
  private boolean addNew(Object subKey) {
    boolean isNew = !table.contains(namespace, subKey);
    if (isNew) {
      table.put(namespace, subKey, true);
    }
    return isNew;
  }

  @Override
  public ReadableState<Boolean> addIfAbsent(T value) {
    return ReadableStates.immediate(addNew(keys.wrap(value)));
  }

  @Override
  public ReadableState<Boolean> contains(T value) {
    return new Deferred<>(() -> has(value));
  }

  @Override
  public Iterable<T> read() {
    return readKeys();
  }

  @Override
  public SetState<T> readLater() {
    return this;
  }
}
