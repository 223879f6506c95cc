package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.operator.AsyncWork;
import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.worker.BundleListener;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.TransformName;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.DelayedBundleApplication;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateClearRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateKey;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** What a worker says that makes no sense fails the task, and the message names the transform. */
final class MisbehavingWorkerTest {

  private static final Collection NUMBERS =
      new Collection("numbers", VarLongCoder.of(), WindowingStrategy.globalDefault(), true);

  private final FakeOperatorContext context = new FakeOperatorContext();
  private final Scripted worker = new Scripted();

  /** Does nothing but keep who listens, and what it is answered. */
  private static final class Scripted implements SdkWorkers, SdkWorker, WorkerBundle {
    private final List<BundleListener> listeners = new ArrayList<>();
    private final List<StateResponse> answers = new ArrayList<>();

    @Override
    public SdkWorker worker(Environment environment, int taskIndex) {
      return this;
    }

    @Override
    public void close() {}

    @Override
    public String id() {
      return "scripted";
    }

    @Override
    public String register(ProcessBundleDescriptor template) {
      return "descriptor";
    }

    @Override
    public WorkerBundle begin(String descriptor, List<CacheToken> tokens, BundleListener listener) {
      listeners.add(listener);
      return this;
    }

    @Override
    public void send(String port, ByteString elements) {}

    @Override
    public void sendTimers(String transform, String family, ByteString timers) {}

    @Override
    public void endOfInput() {}

    @Override
    public void answer(StateResponse.Builder response) {
      answers.add(response.build());
    }

    @Override
    public void requestProgress() {}

    @Override
    public void requestSplit(String port, DesiredSplit split) {}

    @Override
    public void finalizeBundle() {}

    @Override
    public void abandon() {}
  }

  @Test
  void elementsOfAnUnknownOutput() {
    BundleListener listener = bundle();
    listener.elements("nowhere", ByteString.copyFromUtf8("x"));
    assertFails("unknown port nowhere");
  }

  @Test
  void elementsThatAreCutOff() {
    BundleListener listener = bundle();
    listener.elements(Harnessed.output(0), ByteString.copyFromUtf8("x"));
    assertFails("what its worker puts out cannot be read");
  }

  @Test
  void timersOfAStepWithoutAny() {
    BundleListener listener = bundle();
    listener.timers(Harnessed.FN, "family", ByteString.EMPTY);
    assertFails("timers that nobody knows");
  }

  @Test
  void aSplitThatNobodyAskedFor() {
    BundleListener listener = bundle();
    listener.split(ProcessBundleSplitResponse.getDefaultInstance());
    assertFails("without being asked");
  }

  @Test
  void workThatCannotBePutOff() {
    BundleListener listener = bundle();
    listener.done(
        ProcessBundleResponse.newBuilder()
            .addResidualRoots(DelayedBundleApplication.getDefaultInstance())
            .build());
    assertFails("cannot be put off");
  }

  @Test
  void aBundleThatEndsTwice() {
    BundleListener listener = bundle();
    listener.done(ProcessBundleResponse.getDefaultInstance());
    listener.done(ProcessBundleResponse.getDefaultInstance());
    assertFails("ended a bundle twice");
  }

  @Test
  void aBundleThatEndsBeforeItsInput() {
    HarnessOperator operator = opened(worker);
    for (int i = 0; i < 100_000; i++) {
      give(operator);
    }
    worker.listeners.get(0).done(ProcessBundleResponse.getDefaultInstance());
    assertFails("still sent to");
  }

  @Test
  void stateOfAStepWithoutAnyIsRefused() {
    BundleListener listener = bundle();
    listener.stateRequested(
        StateRequest.newBuilder()
            .setId("1")
            .setStateKey(
                StateKey.newBuilder().setBagUserState(StateKey.BagUserState.getDefaultInstance()))
            .setGet(StateGetRequest.getDefaultInstance())
            .build());
    listener.stateRequested(
        StateRequest.newBuilder()
            .setId("2")
            .setStateKey(
                StateKey.newBuilder()
                    .setIterableSideInput(StateKey.IterableSideInput.getDefaultInstance()))
            .setClear(StateClearRequest.getDefaultInstance())
            .build());
    work().attend();
    assertThat(worker.answers, hasSize(2));
    assertThat(worker.answers.get(0).getId(), containsString("1"));
    assertThat(worker.answers.get(0).getError(), containsString("BAG_USER_STATE"));
    assertThat(worker.answers.get(1).getError(), containsString("ITERABLE_SIDE_INPUT"));
  }

  @Test
  void whereThereAreNoWorkersTheStepSaysSo() {
    HarnessOperator operator = new HarnessOperator(step(SdkWorkers.none()));
    HarnessException failure = assertThrows(HarnessException.class, () -> operator.open(context));
    assertThat(failure.getMessage(), containsString("Elsewhere: The job has no workers"));
  }

  /** One that waits for its end. */
  private BundleListener bundle() {
    HarnessOperator operator = opened(worker);
    give(operator);
    operator.flush();
    return worker.listeners.get(0);
  }

  private HarnessOperator opened(SdkWorkers workers) {
    HarnessOperator operator = new HarnessOperator(step(workers));
    context.open(operator);
    return operator;
  }

  private static HarnessStep step(SdkWorkers workers) {
    return new HarnessStep(
        Harnessed.step(
            new TransformName("id", "Elsewhere"),
            NUMBERS,
            (element, calls) -> calls.output(0, element)),
        List.of(new Node.Output("out", NUMBERS, List.of(), List.of())),
        List.of(new CollectingReceiver()),
        new BundleSize(Integer.MAX_VALUE, Long.MAX_VALUE),
        workers);
  }

  private static void give(HarnessOperator operator) {
    operator.accept(1L, Instant.ofEpochMilli(0), GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, null);
  }

  private void assertFails(String message) {
    Slice slice = new Slice();
    slice.restart(Integer.MAX_VALUE, Long.MAX_VALUE);
    HarnessException failure = assertThrows(HarnessException.class, () -> work().deliver(slice));
    assertThat(failure.getMessage(), containsString("Elsewhere"));
    assertThat(failure.getMessage(), containsString(message));
  }

  private AsyncWork work() {
    return context.asyncWork().get(0);
  }
}
