package dev.trestle.state.table;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map as the number of its entries, and the entries in no particular order. */
record MapSerializer<S, V extends @Nullable Object>(Serializer<S> subKeys, Serializer<V> values)
    implements Serializer<Map<S, V>> {

  @Override
  public void write(Map<S, V> map, DataOutput out) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<S, V> entry : map.entrySet()) {
      subKeys.write(entry.getKey(), out);
      values.write(entry.getValue(), out);
    }
  }

  @Override
  public Map<S, V> read(DataInput in) throws IOException {
    int size = in.readInt();
    Map<S, V> map = new HashMap<>();
    for (int i = 0; i < size; i++) {
      S subKey = subKeys.read(in);
      map.put(subKey, values.read(in));
    }
    return map;
  }
}
