package dev.trestle.state.table;

import java.io.DataOutput;
import java.io.IOException;

/** Is shown what a backend holds. */
public interface CellVisitor {

  /**
   * Takes a look at a value; of a map table it is the whole map.
   *
   * @param table the name of its table
   */
  void cell(Object key, Object namespace, String table, Value value) throws IOException;

  /** A value as bytes. */
  interface Value {

    /** Writes it as {@link HeapStateBackend#restore} takes it. */
    void write(DataOutput out) throws IOException;
  }
}
