package dev.trestle.state.timer;

import dev.trestle.state.table.Serializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Turns timers into bytes and back, and knows what they hold. What identifies a timer has the same
 * bytes in the job's life.
 *
 * @param <T> what a timer carries
 */
public interface TimerFormat<T> {

  /** Of keys as the queue sees them. */
  Serializer<Object> keys();

  Serializer<Object> namespaces();

  /** Of what identifies a timer among those of a key in a namespace. */
  Serializer<Object> ids();

  /** Writes what a timer carries, as far as the rest does not tell. */
  void write(T payload, DataOutput out) throws IOException;

  /** What a timer carried that was written. */
  T read(Object namespace, Object id, long time, DataInput in) throws IOException;

  /** Milliseconds at which a timer holds the watermark; {@code Long.MAX_VALUE} for nowhere. */
  long hold(T payload);
}
