package dev.trestle.runner.keyed;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.state.table.Serializer;
import dev.trestle.state.timer.TimerFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.CausedByDrain;
import org.joda.time.Instant;

/**
 * Timers of one domain in rows. A key is behind its length (4 bytes), a namespace as in tables, an
 * id as in {@link TimerId}. Besides, there are the output timestamp (8 bytes) and a byte that is 1
 * if a drain has caused the timer.
 */
final class TimerDataFormat implements TimerFormat<TimerData> {

  private final KeyFormat keys;
  private final NamespaceFormat namespaces;
  private final Coder<BoundedWindow> windowCoder;
  private final TimeDomain domain;
  private final Serializer<Object> keySerializer = new DelimitedKeys();

  TimerDataFormat(KeyFormat keys, Coder<BoundedWindow> windowCoder, TimeDomain domain) {
    this.keys = keys;
    this.windowCoder = windowCoder;
    this.domain = domain;
    namespaces = new NamespaceFormat(windowCoder);
  }

  private final class DelimitedKeys implements Serializer<Object> {

    private final ByteSink encoded = new ByteSink();

    @Override
    public void write(Object tableKey, DataOutput out) throws IOException {
      encoded.reset();
      keys.write(tableKey, new DataOutputStream(encoded));
      out.writeInt(encoded.size());
      out.write(encoded.array(), 0, encoded.size());
    }

    @Override
    public Object read(DataInput in) throws IOException {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      return keys.read(bytes);
    }
  }

  @Override
  public Serializer<Object> keys() {
    return keySerializer;
  }

  @Override
  public Serializer<Object> namespaces() {
    return namespaces;
  }

  @Override
  public Serializer<Object> ids() {
    return TimerId.SERIALIZER;
  }

  @Override
  public long hold(TimerData timer) {
    return TimerHolds.of(timer);
  }

  @Override
  public void write(TimerData timer, DataOutput out) throws IOException {
    out.writeLong(timer.getOutputTimestamp().getMillis());
    out.writeByte(timer.causedByDrain() == CausedByDrain.CAUSED_BY_DRAIN ? 1 : 0);
  }

  @Override
  public TimerData read(Object namespace, Object id, long time, DataInput in) throws IOException {
    Instant output = Instant.ofEpochMilli(in.readLong());
    boolean drain = in.readByte() == 1;
    return TimerData.of(
        TimerId.idOf(id),
        TimerId.familyOf(id),
        namespace(namespace, TimerId.triggerOf(id)),
        Instant.ofEpochMilli(time),
        output,
        domain,
        drain ? CausedByDrain.CAUSED_BY_DRAIN : CausedByDrain.NORMAL);
  }

  private StateNamespace namespace(Object namespace, int trigger) {
    BoundedWindow window = Namespaces.windowOf(namespace);
    if (window == null) {
      return StateNamespaces.global();
    }
    return trigger == Namespaces.NO_TRIGGER
        ? StateNamespaces.window(windowCoder, window)
        : StateNamespaces.windowAndTrigger(windowCoder, window, trigger);
  }
}
