package dev.trestle.runner.keyed;

import dev.trestle.state.table.KeyedMapTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.apache.beam.sdk.state.SetState;
import org.jspecify.annotations.Nullable;

/** A set: the sub-keys of a map table. */
final class SetCell<T> implements SetState<T> {

  private final KeyedMapTable<Object, Boolean> table;
  private final SubKeys<T> elements;
  private final Object namespace;

  SetCell(KeyedMapTable<Object, Boolean> table, SubKeys<T> elements, Object namespace) {
    this.table = table;
    this.elements = elements;
    this.namespace = namespace;
  }

  @Override
  public void add(T value) {
    addNew(elements.wrap(value));
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
    return ReadableStates.immediate(addNew(elements.wrap(value)));
  }

  @Override
  public ReadableState<Boolean> contains(T value) {
    return new Deferred<>(() -> table.contains(namespace, elements.wrap(value)));
  }

  @Override
  public void remove(T value) {
    table.remove(namespace, elements.wrap(value));
  }

  @Override
  public Iterable<T> read() {
    List<Map.Entry<Object, Boolean>> entries = table.entries(namespace);
    List<T> read = new ArrayList<>(entries.size());
    entries.forEach(entry -> read.add(elements.unwrap(entry.getKey())));
    return read;
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> table.isEmpty(namespace));
  }

  @Override
  public void clear() {
    table.clear(namespace);
  }

  @Override
  public SetState<T> readLater() {
    return this;
  }

  /**
   * Two objects for one cell are equal: Beam's merging of windows asks whether a source is the
   * result, and clears it otherwise.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SetCell<?> that
        && table.equals(that.table)
        && namespace.equals(that.namespace);
  }

  @Override
  public int hashCode() {
    return namespace.hashCode();
  }
}
