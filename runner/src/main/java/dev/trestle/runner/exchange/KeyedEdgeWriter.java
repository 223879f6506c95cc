package dev.trestle.runner.exchange;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sends each element to the task that owns the key group of its key. */
public final class KeyedEdgeWriter extends OutletWriter {

  private final EdgeFormat format;
  private final Coder<Object> keyCoder;
  private final @Nullable Batch[] gathering;
  private final int keyGroups;
  private final ByteSink keySink = new ByteSink();
  private final ByteKey encodedKey = new ByteKey();

  /**
   * A writer.
   *
   * @param keyGroups number of key groups of the job
   */
  public KeyedEdgeWriter(
      EdgeFormat format, List<SingleWriterChannel> channels, Relief relief, int keyGroups) {
    super(new Outlet(channels, relief));
    this.format = format;
    if (format.keyCoder() == null) {
      throw new IllegalArgumentException("A keyed edge needs a key coder");
    }
    keyCoder = format.keyCoder();
    gathering = new @Nullable Batch[channels.size()];
    this.keyGroups = keyGroups;
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    if (!(value instanceof KV<?, ?> kv)) {
      throw new IllegalArgumentException("Only a KV can be grouped by key, not " + value);
    }
    Object key = kv.getKey();
    int hash;
    if (format.keyByObject()) {
      if (key == null) {
        throw new IllegalArgumentException(
            "The key is null, which its coder does not allow: " + kv);
      }
      hash = key.hashCode();
    } else {
      encode(key);
      hash = encodedKey.hashCode();
    }
    int target =
        KeyGroupRange.taskOf(KeyGroupRange.keyGroup(hash, keyGroups), gathering.length, keyGroups);
    Batch batch = gathering[target];
    if (batch == null) {
      batch = new Batch(format);
      gathering[target] = batch;
    }
    batch.addKeyed(key, encodedKey, hash, kv.getValue(), timestamp, windows, pane, metadata);
    if (batch.isFull()) {
      gathering[target] = null;
      outlet.put(target, batch);
    }
  }

  @SuppressWarnings("NullAway") // a coder that admits a null key takes it, any other says so itself
  private void encode(@Nullable Object key) {
    keySink.reset();
    try {
      keyCoder.encode(key, keySink);
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
    encodedKey.set(keySink.array(), 0, keySink.size());
  }

  @Override
  public void flush() {
    for (int i = 0; i < gathering.length; i++) {
      Batch batch = gathering[i];
      if (batch != null) {
        gathering[i] = null;
        outlet.put(i, batch);
      }
    }
  }
}
