package dev.trestle.state.rocks;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the cache knows of a map: some of its entries, or all; and of some sub-keys, that they have
 * none. Not thread safe.
 */
final class CachedMap<S, V extends @Nullable Object> {

  /** What is known of the row of an entry. */
  private enum InDatabase {
    YES,
    NO,
    MAYBE
  }

  /** An entry, or the knowledge that there is none. */
  static final class Entry<V extends @Nullable Object> {
    private @Nullable V value;
    private boolean present;
    private boolean dirty;
    private InDatabase stored;

    private Entry(@Nullable V value, boolean present, InDatabase stored) {
      this.value = value;
      this.present = present;
      this.stored = stored;
    }

    static <V extends @Nullable Object> Entry<V> absent() {
      return new Entry<>(null, false, InDatabase.NO);
    }

    static <V extends @Nullable Object> Entry<V> stored(V value) {
      return new Entry<>(value, true, InDatabase.YES);
    }

    boolean isPresent() {
      return present;
    }

    /** The value of an entry that is present. */
    @SuppressWarnings("NullAway") // null only where V is a nullable type
    V value() {
      return value;
    }
  }

  private final Map<S, Entry<V>> entries = new HashMap<>();
  private int stored;
  private int present;
  private boolean complete;

  /**
   * @param stored how many rows it may have at most
   */
  CachedMap(int stored) {
    this.stored = stored;
    complete = stored == 0;
  }

  /** How many rows there may be at most. */
  int stored() {
    return stored;
  }

  /** Whether all entries are here. */
  boolean isComplete() {
    return complete;
  }

  void becomeComplete() {
    complete = true;
  }

  /** Whether an entry is here. */
  boolean hasPresent() {
    return present > 0;
  }

  @Nullable Entry<V> get(S subKey) {
    return entries.get(subKey);
  }

  /** Adds what has been read. */
  void add(S subKey, Entry<V> entry) {
    entries.put(subKey, entry);
    if (entry.present) {
      present++;
    }
  }

  /** Puts a value, and says whether nothing was known of the sub-key. */
  boolean put(S subKey, V value) {
    Entry<V> entry = entries.get(subKey);
    boolean isNew = entry == null;
    if (entry == null) {
      entry = new Entry<>(null, false, complete ? InDatabase.NO : InDatabase.MAYBE);
      entries.put(subKey, entry);
    }
    if (!entry.present) {
      entry.present = true;
      present++;
    }
    entry.value = value;
    entry.dirty = true;
    return isNew;
  }

  /** Removes an entry, and says whether nothing of it has to be remembered. */
  boolean remove(S subKey) {
    Entry<V> entry = entries.get(subKey);
    if (entry == null) {
      if (complete) {
        return false;
      }
      entry = new Entry<>(null, false, InDatabase.MAYBE);
      entries.put(subKey, entry);
    } else if (entry.present) {
      present--;
    }
    if (entry.stored == InDatabase.NO && complete) {
      entries.remove(subKey);
      return true;
    }
    entry.value = null;
    entry.present = false;
    entry.dirty = entry.stored != InDatabase.NO;
    return false;
  }

  /** Hands out what differs from the database, which the caller changes accordingly. */
  void flush(BiConsumer<S, Entry<V>> writer) {
    Iterator<Map.Entry<S, Entry<V>>> all = entries.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<S, Entry<V>> next = all.next();
      Entry<V> entry = next.getValue();
      if (entry.dirty) {
        writer.accept(next.getKey(), entry);
        entry.dirty = false;
        count(entry);
        if (!entry.present && complete) {
          all.remove();
        }
      }
    }
    if (stored == 0) {
      complete = true;
    }
  }

  private void count(Entry<V> entry) {
    if (entry.present && entry.stored != InDatabase.YES) {
      stored++;
      entry.stored = InDatabase.YES;
    } else if (!entry.present) {
      if (entry.stored == InDatabase.YES) {
        stored--;
      }
      entry.stored = InDatabase.NO;
    }
  }

  /** Adds the entries that are here to {@code target}. */
  void addPresent(List<Map.Entry<S, V>> target) {
    entries.forEach(
        (subKey, entry) -> {
          if (entry.present) {
            target.add(new SimpleImmutableEntry<>(subKey, entry.value()));
          }
        });
  }
}
