package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

final class ValueCounterTest {

  /** Numbers, each behind its length. */
  private static ByteString cut(ByteString numbers) throws IOException {
    InputStream in = numbers.newInput();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (in.available() > 0) {
      byte[] number = CoderUtils.encodeToByteArray(VarLongCoder.of(), VarLongCoder.of().decode(in));
      WindowedValues.getFullCoder(ByteArrayCoder.of(), GlobalWindow.Coder.INSTANCE)
          .encode(WindowedValues.valueInGlobalWindow(number), out);
    }
    return ByteString.copyFrom(out.toByteArray());
  }

  @Test
  void valuesAreCountedByTheirSdk() throws IOException {
    ValueCounter counter = new ValueCounter(new AnsweringWorker(ValueCounterTest::cut).calls());
    ByteString.Output numbers = ByteString.newOutput();
    for (long number : new long[] {1, 1_000, 1_000_000}) {
      VarLongCoder.of().encode(number, numbers);
    }

    assertThat(counter.count(numbers.toByteString()), is(3));
    assertThat(counter.count(ByteString.EMPTY), is(0));
  }
}
