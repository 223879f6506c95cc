package dev.trestle.runner.sideinput;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.state.ByteKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.util.UserCodeException;

/**
 * A multimap whose keys are compared by their encoding: structural values would miss rows whose
 * field names differ. Filled by one thread, then read by any.
 */
final class EncodedMultimap implements MultimapView<Object, Object> {

  private record Entry(Object key, List<Object> values) {}

  private final Coder<Object> keyCoder;
  private final Map<ByteKey, Entry> entries = new LinkedHashMap<>();

  EncodedMultimap(Coder<Object> keyCoder) {
    this.keyCoder = keyCoder;
  }

  void put(Object key, Object value) {
    entries
        .computeIfAbsent(encoded(key), unused -> new Entry(key, new ArrayList<>()))
        .values()
        .add(value);
  }

  @Override
  public Iterable<Object> get() {
    List<Object> keys = new ArrayList<>(entries.size());
    entries.values().forEach(entry -> keys.add(entry.key()));
    return keys;
  }

  @Override
  public Iterable<Object> get(Object key) {
    Entry entry = entries.get(encoded(key));
    return entry == null ? Collections.emptyList() : Collections.unmodifiableList(entry.values());
  }

  private ByteKey encoded(Object key) {
    ByteSink sink = new ByteSink();
    try {
      keyCoder.encode(key, sink);
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
    return new ByteKey(sink.array(), 0, sink.size());
  }
}
