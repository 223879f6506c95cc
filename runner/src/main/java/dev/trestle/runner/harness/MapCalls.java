package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Asks a worker for the window of a side input that is read in a window of the main input, and
 * remembers the answers for the windows that were asked for last: elements of a window come
 * together. Belongs to a task's owner.
 */
final class MapCalls implements UnaryOperator<BoundedWindow> {

  private static final int MOST_REMEMBERED = 1_000;
  private static final byte[] NONCE = new byte[0];

  private final InquiryCalls calls;
  private final Coder<WindowedValue<KV<byte[], BoundedWindow>>> questions;
  private final Coder<WindowedValue<KV<byte[], BoundedWindow>>> answers;
  private final Map<BoundedWindow, BoundedWindow> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<BoundedWindow, BoundedWindow> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  MapCalls(InquiryCalls calls, Coder<BoundedWindow> main, Coder<BoundedWindow> side) {
    this.calls = calls;
    questions = global(main);
    answers = global(side);
  }

  private static Coder<WindowedValue<KV<byte[], BoundedWindow>>> global(
      Coder<BoundedWindow> window) {
    return WindowedValues.getFullCoder(
        KvCoder.of(ByteArrayCoder.of(), window), GlobalWindow.Coder.INSTANCE);
  }

  @Override
  public BoundedWindow apply(BoundedWindow mainWindow) {
    BoundedWindow window = known.get(mainWindow);
    if (window == null) {
      window = ask(mainWindow);
      known.put(mainWindow, window);
    }
    return window;
  }

  private BoundedWindow ask(BoundedWindow mainWindow) {
    try {
      ByteSink question = new ByteSink();
      questions.encode(WindowedValues.valueInGlobalWindow(KV.of(NONCE, mainWindow)), question);
      ByteString answer = calls.ask(ByteString.copyFrom(question.array(), 0, question.size()));
      return answers.decode(answer.newInput()).getValue().getValue();
    } catch (IOException e) {
      throw new HarnessException(calls.transform(), e);
    }
  }
}
