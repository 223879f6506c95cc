package dev.trestle.runner.harness;

import java.io.IOException;
import java.io.InputStream;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Asks a worker how many values there are in bytes that it has left in its state: only its SDK
 * knows where one ends. Belongs to a task's owner.
 */
final class ValueCounter {

  /** Elements behind their length are read as arrays of bytes. */
  private static final Coder<WindowedValue<byte[]>> ANSWERS =
      WindowedValues.getFullCoder(ByteArrayCoder.of(), GlobalWindow.Coder.INSTANCE);

  private final InquiryCalls calls;

  ValueCounter(InquiryCalls calls) {
    this.calls = calls;
  }

  int count(ByteString values) throws IOException {
    int count = 0;
    InputStream answer = calls.ask(values).newInput();
    for (; answer.available() > 0; count++) {
      ANSWERS.decode(answer);
    }
    return count;
  }
}
