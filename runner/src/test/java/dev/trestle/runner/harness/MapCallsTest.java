package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.WorkerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow.IntervalWindowCoder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

final class MapCallsTest {

  private static final Coder<WindowedValue<KV<byte[], IntervalWindow>>> CODER =
      WindowedValues.getFullCoder(
          KvCoder.of(ByteArrayCoder.of(), IntervalWindowCoder.of()), GlobalWindow.Coder.INSTANCE);

  private final List<IntervalWindow> asked = new ArrayList<>();

  /** The window before the one that it is asked for. */
  private ByteString before(ByteString question) throws IOException {
    WindowedValue<KV<byte[], IntervalWindow>> element = CODER.decode(question.newInput());
    IntervalWindow window = element.getValue().getValue();
    asked.add(window);
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    CODER.encode(
        element.withValue(KV.of(element.getValue().getKey(), window(-window.start().getMillis()))),
        answer);
    return ByteString.copyFrom(answer.toByteArray());
  }

  private static IntervalWindow window(long start) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Duration.millis(10));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are only intervals
  private MapCalls calls(AnsweringWorker worker) {
    Coder<BoundedWindow> coder = (Coder) IntervalWindowCoder.of();
    return new MapCalls(worker.calls(), coder, coder);
  }

  @Test
  void eachWindowIsAskedForOnce() {
    AnsweringWorker worker = new AnsweringWorker(this::before);
    MapCalls calls = calls(worker);

    assertThat(calls.apply(window(10)), is(window(-10)));
    assertThat(calls.apply(window(20)), is(window(-20)));
    assertThat(calls.apply(window(10)), is(window(-10)));
    assertThat(asked, is(List.of(window(10), window(20))));
    assertThat(worker.registered(), is(1));
  }

  @Test
  void whatWasAskedForLastIsRemembered() {
    MapCalls calls = calls(new AnsweringWorker(this::before));
    for (int i = 0; i < 2_000; i++) {
      calls.apply(window(i));
    }
    asked.clear();

    calls.apply(window(1_999));
    calls.apply(window(0));
    assertThat(asked, is(List.of(window(0))));
  }

  @Test
  void failureOfTheWorkerIsOneOfTheStep() {
    AnsweringWorker worker =
        new AnsweringWorker(
            question -> {
              throw new WorkerException("no idea how to map");
            });
    MapCalls calls = calls(worker);

    HarnessException thrown = assertThrows(HarnessException.class, () -> calls.apply(window(10)));
    assertThat(thrown.getMessage(), containsString("no idea how to map"));
    assertThat(thrown.getMessage(), containsString("Asking"));
  }
}
