package dev.trestle.state.table;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list that is only appended to, so that what has been read stays as it was without a copy:
 * {@link #soFar} sees the array up to the size at that moment, and slots beyond it are all that
 * changes. Not thread safe.
 */
public final class GrowingList<T> {

  private @Nullable Object[] items;
  private int size;

  public GrowingList() {
    items = new @Nullable Object[4];
  }

  private GrowingList(List<T> content) {
    items = content.toArray();
    size = items.length;
  }

  public static <T> GrowingList<T> of(List<T> content) {
    return new GrowingList<>(content);
  }

  public int size() {
    return size;
  }

  public void add(T item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, Math.max(4, size + (size >> 1)));
    }
    items[size++] = item;
  }

  /** The items up to now; does not change. */
  @SuppressWarnings("unchecked") // only add() and of() put items
  public List<T> soFar() {
    return (List<T>) Collections.unmodifiableList(Arrays.asList(items).subList(0, size));
  }
}
