package dev.trestle.state.table;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/** A list as the number of its elements, and the elements in order. */
record ListSerializer<T>(Serializer<T> elements) implements Serializer<GrowingList<T>> {

  @Override
  public void write(GrowingList<T> list, DataOutput out) throws IOException {
    List<T> all = list.soFar();
    out.writeInt(all.size());
    for (T element : all) {
      elements.write(element, out);
    }
  }

  @Override
  public GrowingList<T> read(DataInput in) throws IOException {
    int size = in.readInt();
    GrowingList<T> list = new GrowingList<>();
    for (int i = 0; i < size; i++) {
      list.add(elements.read(in));
    }
    return list;
  }
}
