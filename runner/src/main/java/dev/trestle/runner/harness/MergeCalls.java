package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.translation.wire.OpaqueWindowFn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Asks a worker which windows merge: a grouping has to know it before it takes the next element of
 * the key.
 */
final class MergeCalls implements OpaqueWindowFn.Merger {

  private static final byte[] NONCE = new byte[0];

  private final InquiryCalls calls;
  private final Coder<WindowedValue<KV<byte[], Iterable<BoundedWindow>>>> questions;
  private final Coder<
          WindowedValue<
              KV<
                  byte[],
                  KV<
                      Iterable<BoundedWindow>,
                      Iterable<KV<BoundedWindow, Iterable<BoundedWindow>>>>>>>
      answers;

  MergeCalls(InquiryCalls calls, OpaqueWindowFn windowFn) {
    this.calls = calls;
    Coder<BoundedWindow> window = windowFn.windowCoder();
    Coder<Iterable<BoundedWindow>> windows = IterableCoder.of(window);
    questions = global(KvCoder.of(ByteArrayCoder.of(), windows));
    answers =
        global(
            KvCoder.of(
                ByteArrayCoder.of(),
                KvCoder.of(windows, IterableCoder.of(KvCoder.of(window, windows)))));
  }

  private static <T> Coder<WindowedValue<T>> global(Coder<T> coder) {
    return WindowedValues.getFullCoder(coder, GlobalWindow.Coder.INSTANCE);
  }

  @Override
  public Map<BoundedWindow, List<BoundedWindow>> merge(Collection<BoundedWindow> windows) {
    try {
      ByteSink question = new ByteSink();
      questions.encode(
          WindowedValues.valueInGlobalWindow(KV.of(NONCE, List.copyOf(windows))), question);
      return read(calls.ask(ByteString.copyFrom(question.array(), 0, question.size())));
    } catch (IOException e) {
      throw new HarnessException(calls.transform(), e);
    }
  }

  private Map<BoundedWindow, List<BoundedWindow>> read(ByteString bytes) throws IOException {
    byte[] array = bytes.toByteArray();
    ByteSource from = new ByteSource(array, 0, array.length);
    Map<BoundedWindow, List<BoundedWindow>> merges = new LinkedHashMap<>();
    while (from.available() > 0) {
      for (KV<BoundedWindow, Iterable<BoundedWindow>> merge :
          answers.decode(from).getValue().getValue().getValue()) {
        List<BoundedWindow> originals = new ArrayList<>();
        merge.getValue().forEach(originals::add);
        merges.put(merge.getKey(), originals);
      }
    }
    return merges;
  }
}
