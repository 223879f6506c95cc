package dev.trestle.state.table;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns values into bytes that tell where they end, and back. Thread safe. */
public interface Serializer<T extends @Nullable Object> {

  void write(T value, DataOutput out) throws IOException;

  T read(DataInput in) throws IOException;
}
