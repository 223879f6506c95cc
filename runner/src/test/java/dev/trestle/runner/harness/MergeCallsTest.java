package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.translation.PipelineTranslator;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.MergeStatus;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.TimestampPrefixingWindowCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow.IntervalWindowCoder;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.construction.Environments;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class MergeCallsTest {

  /** As an SDK codes windows of its own: their end, and then whatever. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // windows are prefixed by their length
  private static final Coder<IntervalWindow> WINDOW =
      TimestampPrefixingWindowCoder.of((Coder) LengthPrefixCoder.of(IntervalWindowCoder.of()));

  private static final Coder<Iterable<IntervalWindow>> WINDOWS = IterableCoder.of(WINDOW);

  /** All windows become one. */
  private static ByteString merged(ByteString sent) throws IOException {
    Iterable<IntervalWindow> windows =
        CoderUtils.decodeFromByteArray(
                global(KvCoder.of(ByteArrayCoder.of(), WINDOWS)), sent.toByteArray())
            .getValue()
            .getValue();
    IntervalWindow all = null;
    for (IntervalWindow window : windows) {
      all = all == null ? window : all.span(window);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    global(
            KvCoder.of(
                ByteArrayCoder.of(),
                KvCoder.of(WINDOWS, IterableCoder.of(KvCoder.of(WINDOW, WINDOWS)))))
        .encode(
            WindowedValues.valueInGlobalWindow(
                KV.of(new byte[0], KV.of(List.of(), List.of(KV.of(all, windows))))),
            out);
    return ByteString.copyFrom(out.toByteArray());
  }

  private static <T> Coder<WindowedValue<T>> global(Coder<T> coder) {
    return WindowedValues.getFullCoder(coder, GlobalWindow.Coder.INSTANCE);
  }

  private final AnsweringWorker worker = new AnsweringWorker(MergeCallsTest::merged);

  /** A grouping in windows of a kind that another process knows. */
  private static Step.GroupByKey grouping(boolean foreign) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(CrashingRunner.class);
    Pipeline p = Pipeline.create(options);
    p.apply(Create.of(KV.of("a", 1L)))
        .apply(Window.into(FixedWindows.of(Duration.millis(10))))
        .apply(GroupByKey.create());
    RunnerApi.Pipeline.Builder proto = PipelineTranslator.toProto(p).toBuilder();
    if (foreign) {
      moveElsewhere(proto.getComponentsBuilder());
    }
    return PipelineTranslator.translate(proto.build()).stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .map(Node::step)
        .filter(Step.GroupByKey.class::isInstance)
        .map(Step.GroupByKey.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static void moveElsewhere(Components.Builder components) {
    Environment elsewhere = Environments.createDockerEnvironment("image");
    List.copyOf(components.getEnvironmentsMap().keySet())
        .forEach(id -> components.putEnvironments(id, elsewhere));
    components.putCoders(
        "odd",
        RunnerApi.Coder.newBuilder()
            .setSpec(FunctionSpec.newBuilder().setUrn("odd:coder:v1"))
            .build());
    components
        .getWindowingStrategiesMap()
        .forEach(
            (id, windowing) -> {
              if (windowing.getWindowFn().getUrn().contains("fixed")) {
                components.putWindowingStrategies(
                    id,
                    windowing.toBuilder()
                        .setWindowFn(FunctionSpec.newBuilder().setUrn("odd:window_fn:v1"))
                        .setWindowCoderId("odd")
                        .setMergeStatus(MergeStatus.Enum.NEEDS_MERGE)
                        .build());
              }
            });
  }

  @SuppressWarnings("unchecked") // whatever windows it has, it made them
  private static WindowFn<Object, BoundedWindow> windowFn(Step.GroupByKey step) {
    return (WindowFn<Object, BoundedWindow>) step.input().windowing().getWindowFn();
  }

  private static BoundedWindow window(Step.GroupByKey step, long start, long end)
      throws IOException {
    IntervalWindow window =
        new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
    return CoderUtils.decodeFromByteArray(
        windowFn(step).windowCoder(), CoderUtils.encodeToByteArray(WINDOW, window));
  }

  private static List<String> merge(Step.GroupByKey step, List<BoundedWindow> windows)
      throws Exception {
    WindowFn<Object, BoundedWindow> fn = windowFn(step);
    List<String> merges = new ArrayList<>();
    fn.mergeWindows(
        fn.new MergeContext() {
          @Override
          public Collection<BoundedWindow> windows() {
            return windows;
          }

          @Override
          public void merge(Collection<BoundedWindow> merged, BoundedWindow result) {
            merges.add(merged + " to " + result);
          }
        });
    return merges;
  }

  @Test
  void workerSaysWhatMerges() throws Exception {
    Step.GroupByKey step = new WindowMergers(worker).bind(grouping(true));
    List<BoundedWindow> windows = List.of(window(step, 0, 10), window(step, 5, 15));

    assertThat(merge(step, windows), contains(windows + " to " + window(step, 0, 15)));
    assertThat(merge(step, windows), contains(windows + " to " + window(step, 0, 15)));
    assertThat(worker.registered(), is(1));
    assertThat(worker.isAbandoned(), is(false));
  }

  @Test
  void failureOfTheWorkerIsOneOfTheGrouping() throws Exception {
    AnsweringWorker failing =
        new AnsweringWorker(
            question -> {
              throw new WorkerException("no idea how to merge");
            });
    Step.GroupByKey step = new WindowMergers(failing).bind(grouping(true));

    HarnessException thrown =
        assertThrows(HarnessException.class, () -> merge(step, List.of(window(step, 0, 10))));
    assertThat(thrown.getMessage(), containsString("no idea how to merge"));
    assertThat(thrown.getMessage(), containsString("GroupByKey"));
  }

  @Test
  void questionsAreNotAnswered() throws Exception {
    worker.ask();
    Step.GroupByKey step = new WindowMergers(worker).bind(grouping(true));

    assertThrows(HarnessException.class, () -> merge(step, List.of(window(step, 0, 10))));
    assertThat(worker.isAbandoned(), is(true));
  }

  @Test
  void jobWithoutWorkersSaysSo() throws Exception {
    Step.GroupByKey step = new WindowMergers(SdkWorkers.none()).bind(grouping(true));

    HarnessException thrown =
        assertThrows(HarnessException.class, () -> merge(step, List.of(window(step, 0, 10))));
    assertThat(thrown.getMessage(), containsString("no workers"));
  }

  @Test
  void windowsOfThisJvmAreLeftToThemselves() {
    Step.GroupByKey step = grouping(false);

    assertThat(new WindowMergers(worker).bind(step), sameInstance(step));
  }
}
