package dev.trestle.runner.keyed;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Slice;
import dev.trestle.state.ByteKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;

/** A context with string keys, encoded, and interval windows. */
abstract class KeyedFixture {

  static final StateNamespace GLOBAL = StateNamespaces.global();

  final FakeOperatorContext task;
  final StateAndTimers keyed;
  private final ByteKey probe = new ByteKey();

  KeyedFixture(FakeOperatorContext task) {
    this.task = task;
    keyed = newContext();
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // windows and keys of these tests fit
  private StateAndTimers newContext() {
    return new StateAndTimers(
        task,
        (Coder) StringUtf8Coder.of(),
        false,
        (Coder<BoundedWindow>) (Coder) IntervalWindow.getCoder());
  }

  void key(String key) {
    ByteSink encoded = new ByteSink();
    try {
      StringUtf8Coder.of().encode(key, encoded);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    probe.set(encoded.array(), 0, encoded.size());
    keyed.setKey(probe, probe.hashCode());
  }

  /** How many keys and namespaces have state. Another key becomes current. */
  int rows() {
    key("none");
    return task.rows();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static IntervalWindow window(long start) {
    return new IntervalWindow(at(start), at(start + 10));
  }

  static StateNamespace in(long windowStart) {
    return StateNamespaces.window(IntervalWindow.getCoder(), window(windowStart));
  }

  static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  static Slice slice(int elements) {
    Slice slice = new Slice();
    slice.restart(elements, System.nanoTime() + 60_000_000_000L);
    return slice;
  }
}
