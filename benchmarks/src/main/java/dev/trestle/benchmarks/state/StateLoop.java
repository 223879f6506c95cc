package dev.trestle.benchmarks.state;

import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.rocks.RocksStore;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTable;
import dev.trestle.state.table.Serializer;
import dev.trestle.state.table.TableDescriptor;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.LongSupplier;

/** As an operator does it: keys announced by the batch, then one element after the other. */
final class StateLoop implements Loop {

  static final int OPERATOR = 1;
  static final String TABLE = "counts";

  private static final Object NAMESPACE = "";

  private static final Serializer<Object> NOTHING =
      new Serializer<>() {
        @Override
        public void write(Object value, DataOutput out) {}

        @Override
        public Object read(DataInput in) {
          return NAMESPACE;
        }
      };

  private static final Serializer<Long> LONGS =
      new Serializer<>() {
        @Override
        public void write(Long value, DataOutput out) throws IOException {
          out.writeLong(value);
        }

        @Override
        public Long read(DataInput in) throws IOException {
          return in.readLong();
        }
      };

  private final RocksStore store;
  private final KeyGroupRange range;
  private final KeyedStateBackend backend;
  private final KeyedTable<Long> counts;
  private final byte[] keys = new byte[BATCH * StateKeys.BYTES];
  private final int[] keyGroups = new int[BATCH];
  private final ByteKey probe = new ByteKey();

  StateLoop(RocksStore store, KeyGroupRange range) {
    this.store = store;
    this.range = range;
    backend = store.backend(OPERATOR, NOTHING, NOTHING);
    counts = backend.table(new TableDescriptor<>(TABLE, LONGS));
  }

  RocksStore store() {
    return store;
  }

  @Override
  public void batch(LongSupplier numbers) {
    for (int i = 0; i < BATCH; i++) {
      long number = numbers.getAsLong();
      int start = i * StateKeys.BYTES;
      StateKeys.write(number, keys, start);
      keyGroups[i] = StateKeys.keyGroup(number, range);
      probe.set(keys, start, start + StateKeys.BYTES);
      backend.announce(probe, keyGroups[i], NAMESPACE);
    }
    backend.fetchAnnounced();
    for (int i = 0; i < BATCH; i++) {
      int start = i * StateKeys.BYTES;
      probe.set(keys, start, start + StateKeys.BYTES);
      backend.setKey(probe, keyGroups[i]);
      Long count = counts.get(NAMESPACE);
      counts.put(NAMESPACE, count == null ? 1 : count + 1);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
