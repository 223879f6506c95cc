package dev.trestle.runner.keyed;

import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Keys of map state, and elements of set state, as map tables see them: objects that are equal
 * where the coder takes them to be equal. That is the key itself where the coder says so, else the
 * key with its structural value (a {@code byte[]}, for one).
 */
final class SubKeys<K extends @Nullable Object> {

  private final Coder<K> coder;
  private final boolean asTheyAre;

  private record Structural(Object value, @Nullable Object key) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Structural that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
      return value.hashCode();
    }
  }

  SubKeys(Coder<K> coder) {
    this.coder = coder;
    asTheyAre = coder.consistentWithEquals();
  }

  Object wrap(K key) {
    return asTheyAre && key != null ? key : new Structural(coder.structuralValue(key), key);
  }

  @SuppressWarnings({
    "unchecked",
    "NullAway"
  }) // wrap() made it of a K, which may be a nullable type
  K unwrap(Object subKey) {
    return (K) (subKey instanceof Structural structural ? structural.key : subKey);
  }

  CoderSerializer<Object, K> serializer() {
    return new CoderSerializer<>(coder, this::unwrap, this::wrap);
  }
}
