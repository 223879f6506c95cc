package dev.trestle.runner.keyed;

import dev.trestle.state.table.Serializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.beam.runners.core.StateNamespace;

/**
 * What identifies a timer of a key within a window: its own id, as a string, where that is enough,
 * which it nearly always is; else this.
 */
record TimerId(String id, String family, int trigger) {

  /** Writes id, family and trigger (4 bytes); strings as {@code DataOutput.writeUTF} does it. */
  static final Serializer<Object> SERIALIZER =
      new Serializer<>() {
        @Override
        public void write(Object id, DataOutput out) throws IOException {
          out.writeUTF(idOf(id));
          out.writeUTF(familyOf(id));
          out.writeInt(triggerOf(id));
        }

        @Override
        public Object read(DataInput in) throws IOException {
          return of(in.readUTF(), in.readUTF(), in.readInt());
        }
      };

  static Object of(StateNamespace namespace, String id, String family) {
    return of(id, family, Namespaces.triggerOf(namespace));
  }

  private static Object of(String id, String family, int trigger) {
    return family.isEmpty() && trigger == Namespaces.NO_TRIGGER
        ? id
        : new TimerId(id, family, trigger);
  }

  static String idOf(Object id) {
    return id instanceof TimerId whole ? whole.id : (String) id;
  }

  static String familyOf(Object id) {
    return id instanceof TimerId whole ? whole.family : "";
  }

  static int triggerOf(Object id) {
    return id instanceof TimerId whole ? whole.trigger : Namespaces.NO_TRIGGER;
  }
}
