package dev.trestle.runner.worker;

import static dev.trestle.runner.worker.Descriptors.INPUT;
import static dev.trestle.runner.worker.Descriptors.OUTPUT;
import static dev.trestle.runner.worker.Descriptors.PAR_DO;
import static dev.trestle.runner.worker.FakeWorker.elements;
import static dev.trestle.runner.worker.FakeWorker.processed;
import static dev.trestle.runner.worker.FakeWorker.timers;
import static dev.trestle.runner.worker.RecordedBundle.PATIENCE_SECONDS;
import static dev.trestle.runner.worker.RecordedBundle.take;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.CallOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCalls;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

/** A bundle and a worker that does what it should, or does not. */
final class WorkerBundleTest extends WorkerTest {

  // ---- When a bundle is done -------------------------------------------------------------------

  @Test
  void aResponseIsNotTheEndBeforeAllOutputsAre() throws Exception {
    begin(Descriptors.withTimers());
    control.onNext(processed(instruction));
    settleControl();
    data.onNext(elements(instruction, OUTPUT, "a", false));
    data.onNext(elements(instruction, OUTPUT, "b", true));
    data.onNext(timers(instruction, "t", true));
    heard.awaitDone();
    assertThat(heard.events, contains("progress", "elements", "elements", "timers", "done"));
    assertThat(
        heard.elements, contains(ByteString.copyFromUtf8("a"), ByteString.copyFromUtf8("b")));
    assertThat(heard.timers, contains(ByteString.copyFromUtf8("t")));
  }

  @Test
  void outputsAreNotTheEndBeforeTheResponseIs() throws Exception {
    begin(Descriptors.withoutTimers());
    data.onNext(elements(instruction, OUTPUT, "a", true));
    while (heard.elements.isEmpty()) {
      Thread.sleep(1);
    }
    settleControl();
    assertThat(heard.hasEnded(), is(false));
    control.onNext(processed(instruction));
    heard.awaitDone();
  }

  @Test
  void aSplitIsHeardBeforeTheEndEvenIfTheResponseOvertakesIt() throws Exception {
    begin(Descriptors.withoutTimers());
    bundle.requestSplit(INPUT, DesiredSplit.newBuilder().setFractionOfRemainder(0.5).build());
    InstructionRequest split = worker.control.next();
    assertThat(split.getProcessBundleSplit().getInstructionId(), is(instruction));
    assertThat(
        split.getProcessBundleSplit().getDesiredSplitsOrThrow(INPUT).getFractionOfRemainder(),
        is(0.5));
    data.onNext(elements(instruction, OUTPUT, "", true));
    control.onNext(processed(instruction));
    settleControl();
    control.onNext(
        InstructionResponse.newBuilder()
            .setInstructionId(split.getInstructionId())
            .setProcessBundleSplit(ProcessBundleSplitResponse.getDefaultInstance())
            .build());
    heard.awaitDone();
    assertThat(heard.events, contains("progress", "split", "done"));
  }

  @Test
  void aSplitThatIsRefusedIsAnEmptyOne() throws Exception {
    begin(Descriptors.withoutTimers());
    bundle.requestSplit(INPUT, DesiredSplit.getDefaultInstance());
    control.onNext(
        InstructionResponse.newBuilder()
            .setInstructionId(worker.control.next().getInstructionId())
            .setError("cannot")
            .build());
    assertThat(take(heard.splits), is(ProcessBundleSplitResponse.getDefaultInstance()));
  }

  @Test
  void elementsMayComeWithinTheResponse() throws Exception {
    begin(Descriptors.withTimers());
    control.onNext(
        InstructionResponse.newBuilder()
            .setInstructionId(instruction)
            .setProcessBundle(
                ProcessBundleResponse.newBuilder()
                    .setRequiresFinalization(true)
                    .setElements(
                        elements(instruction, OUTPUT, "a", true).toBuilder()
                            .mergeFrom(timers(instruction, "t", true))))
            .build());
    ProcessBundleResponse response = heard.awaitDone();
    assertThat(response.hasElements(), is(false));
    assertThat(response.getRequiresFinalization(), is(true));
    assertThat(heard.events, contains("elements", "timers", "done"));
  }

  @Test
  void finalizationNamesTheBundle() throws Exception {
    finalizeBundle();
    assertThat(worker.control.next().getFinalizeBundle().getInstructionId(), is(instruction));
  }

  @Test
  void finalizationIsAwaited() throws Exception {
    finalizeBundle();
    String asked = worker.control.next().getInstructionId();
    CompletableFuture<Void> awaited = CompletableFuture.runAsync(this::awaitFinalized);
    assertThrows(TimeoutException.class, () -> awaited.get(100, TimeUnit.MILLISECONDS));
    control.onNext(
        InstructionResponse.newBuilder().setInstructionId(asked).setError("it failed").build());
    awaited.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void finalizationByAWorkerThatIsGoneIsNotAwaited() throws Exception {
    finalizeBundle();
    worker.die();
    awaitFinalized();
    assertThat(connection.gone(), is(not(nullValue())));
  }

  private void finalizeBundle() throws Exception {
    begin(Descriptors.withoutTimers());
    data.onNext(elements(instruction, OUTPUT, "", true));
    control.onNext(processed(instruction));
    heard.awaitDone();
    bundle.finalizeBundle();
  }

  private void awaitFinalized() {
    try {
      connection.awaitFinalized(Duration.ofMinutes(1));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- Wrong answers ---------------------------------------------------------------------------

  @Test
  void anErrorFailsTheBundleInTheWorkersOwnWords() throws Exception {
    begin(Descriptors.withoutTimers());
    control.onNext(
        InstructionResponse.newBuilder()
            .setInstructionId(instruction)
            .setError("Traceback:\n  here")
            .setProcessBundle(ProcessBundleResponse.getDefaultInstance())
            .build());
    assertThat(heard.awaitFailure(), is("Traceback:\n  here"));
  }

  @Test
  void anAnswerOfAnotherKindFailsTheBundle() throws Exception {
    begin(Descriptors.withoutTimers());
    control.onNext(InstructionResponse.newBuilder().setInstructionId(instruction).build());
    assertThat(heard.awaitFailure(), containsString("RESPONSE_NOT_SET"));
  }

  @Test
  void elementsThroughAPortThatIsNoneFailTheBundle() throws Exception {
    begin(Descriptors.withoutTimers());
    data.onNext(elements(instruction, "nowhere", "a", false));
    assertThat(heard.awaitFailure(), containsString("nowhere, which is no output"));
  }

  @Test
  void elementsAfterTheEndOfAnOutputFailTheBundle() throws Exception {
    begin(Descriptors.withoutTimers());
    data.onNext(elements(instruction, OUTPUT, "a", true));
    data.onNext(elements(instruction, OUTPUT, "b", false));
    assertThat(heard.awaitFailure(), containsString("which it has ended"));
    assertThat(heard.elements, contains(ByteString.copyFromUtf8("a")));
  }

  @Test
  void whatIsOfNoBundleHurtsNone() throws Exception {
    begin(Descriptors.withoutTimers());
    data.onNext(elements("unknown", OUTPUT, "a", true));
    data.onNext(timers("unknown", "a", true));
    control.onNext(processed("unknown"));
    data.onNext(elements(instruction, OUTPUT, "b", true));
    control.onNext(processed(instruction));
    heard.awaitDone();
    assertThat(heard.elements, contains(ByteString.copyFromUtf8("b")));
  }

  @Test
  void aSecondResponseIsIgnored() throws Exception {
    begin(Descriptors.withoutTimers());
    control.onNext(processed(instruction));
    control.onNext(
        InstructionResponse.newBuilder().setInstructionId(instruction).setError("late").build());
    settleControl();
    data.onNext(elements(instruction, OUTPUT, "", true));
    heard.awaitDone();
  }

  @Test
  void bytesThatAreNoMessageAreTheEndOfTheWorker() throws Exception {
    control = worker.openControl();
    SdkWorker connected = connected();
    heard = new RecordedBundle();
    connected.begin(connected.register(Descriptors.withoutTimers()), List.of(), heard);
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("org.apache.beam.model.fn_execution.v1.BeamFnData/Data")
            .setRequestMarshaller(Mutations.BYTES)
            .setResponseMarshaller(Mutations.BYTES)
            .build();
    FakeWorker.Inbox<byte[], byte[]> answers = new FakeWorker.Inbox<>();
    ClientCalls.asyncBidiStreamingCall(worker.channel().newCall(raw, CallOptions.DEFAULT), answers)
        .onNext(new byte[] {-1, -1, -1, -1, -1});
    assertThat(heard.awaitFailure(), containsString("its data stream has broken"));
  }

  // ---- Input -----------------------------------------------------------------------------------

  @Test
  void inputComesInOrderWithTheEndOfEachPort() throws Exception {
    begin(Descriptors.withTimers());
    bundle.send(INPUT, ByteString.copyFromUtf8("a"));
    bundle.sendTimers(PAR_DO, "timer", ByteString.copyFromUtf8("t"));
    bundle.send(INPUT, ByteString.copyFromUtf8("b"));
    bundle.endOfInput();
    bundle.send(INPUT, ByteString.copyFromUtf8("too late"));
    StringBuilder elements = new StringBuilder();
    StringBuilder timers = new StringBuilder();
    int ends = 0;
    while (ends < 2) {
      Elements frame = worker.data.next();
      for (Elements.Data part : frame.getDataList()) {
        assertThat(part.getInstructionId(), is(instruction));
        elements.append(part.getTransformId()).append(part.getData().toStringUtf8());
        ends += part.getIsLast() ? 1 : 0;
      }
      for (Elements.Timers part : frame.getTimersList()) {
        assertThat(part.getTransformId(), is(PAR_DO));
        timers.append(part.getTimerFamilyId()).append(part.getTimers().toStringUtf8());
        ends += part.getIsLast() ? 1 : 0;
      }
    }
    assertThat(elements.toString(), is("inputainputbinput"));
    assertThat(timers.toString(), is("timerttimer"));
  }

  @Test
  void aWorkerThatDoesNotReadBlocksNobodyAndMissesNothing() throws Exception {
    worker.data.readNothing();
    begin(Descriptors.withoutTimers());
    int pieces = 200;
    ByteString piece = ByteString.copyFrom(new byte[500_000]);
    for (int i = 0; i < pieces; i++) {
      bundle.send(INPUT, piece);
    }
    bundle.endOfInput();
    SdkWorker connected = connected();
    connected.begin(
        connected.register(Descriptors.withoutTimers()), List.of(), new RecordedBundle());
    assertThat(worker.control.next().hasProcessBundle(), is(true));
    assertThat(worker.data.isEmpty(), is(true));

    worker.data.readAll();
    long bytes = 0;
    boolean last = false;
    while (!last) {
      Elements frame = worker.data.next();
      assertThat(frame.getSerializedSize(), lessThan(4 << 20));
      for (Elements.Data part : frame.getDataList()) {
        bytes += part.getData().size();
        last |= part.getIsLast();
      }
    }
    assertThat(bytes, is((long) pieces * piece.size()));
  }

  @Test
  void inputOfABundleThatHasFailedIsNotSent() throws Exception {
    worker.data.readNothing();
    begin(Descriptors.withoutTimers());
    ByteString piece = ByteString.copyFrom(new byte[1_000_000]);
    for (int i = 0; i < 100; i++) {
      bundle.send(INPUT, piece);
    }
    control.onNext(
        InstructionResponse.newBuilder().setInstructionId(instruction).setError("no").build());
    heard.awaitFailure();
    SdkWorker connected = connected();
    WorkerBundle next =
        connected.begin(
            connected.register(Descriptors.withoutTimers()), List.of(), new RecordedBundle());
    String nextInstruction = worker.control.next().getInstructionId();
    next.endOfInput();
    worker.data.readAll();
    int ofTheFailed = 0;
    while (true) {
      Elements.Data part = worker.data.next().getData(0);
      if (part.getInstructionId().equals(nextInstruction)) {
        break;
      }
      ofTheFailed++;
    }
    assertThat(ofTheFailed, is(lessThan(20)));
  }

  // ---- State -----------------------------------------------------------------------------------

  @Test
  void stateIsAskedOfTheBundleAndAnsweredById() throws Exception {
    begin(Descriptors.withoutTimers());
    StreamObserver<StateRequest> state = worker.openState();
    state.onNext(stateRequest("r1", instruction));
    state.onNext(stateRequest("r2", instruction));
    assertThat(take(heard.stateRequests).getId(), is("r1"));
    assertThat(take(heard.stateRequests).getId(), is("r2"));
    StateGetResponse value =
        StateGetResponse.newBuilder().setData(ByteString.copyFromUtf8("v")).build();
    bundle.answer(StateResponse.newBuilder().setId("r2").setGet(value));
    StateResponse answer = worker.state.next();
    assertThat(answer.getId(), is("r2"));
    assertThat(answer.getGet(), is(value));
    bundle.answer(StateResponse.newBuilder().setId("r2").setGet(value));
    bundle.answer(StateResponse.newBuilder().setId("r1").setGet(value));
    assertThat(worker.state.next().getId(), is("r1"));
  }

  @Test
  void stateOfNoBundleIsRefused() throws Exception {
    begin(Descriptors.withoutTimers());
    worker.openState().onNext(stateRequest("r", "unknown"));
    StateResponse answer = worker.state.next();
    assertThat(answer.getId(), is("r"));
    assertThat(answer.getError(), containsString("'unknown'"));
  }

  // ---- Giving up -------------------------------------------------------------------------------

  @Test
  void aBundleThatIsGivenUpLetsTheWorkerComeToAnEnd() throws Exception {
    begin(Descriptors.withoutTimers());
    StreamObserver<StateRequest> state = worker.openState();
    state.onNext(stateRequest("before", instruction));
    take(heard.stateRequests);
    bundle.send(INPUT, ByteString.copyFromUtf8("a"));
    bundle.abandon();
    StateResponse answer = worker.state.next();
    assertThat(answer.getId(), is("before"));
    assertThat(answer.getError(), is(not("")));
    state.onNext(stateRequest("after", instruction));
    assertThat(worker.state.next().getError(), is(not("")));
    boolean last = false;
    while (!last) {
      for (Elements.Data part : worker.data.next().getDataList()) {
        last |= part.getIsLast();
      }
    }
    data.onNext(elements(instruction, OUTPUT, "a", true));
    control.onNext(processed(instruction));
    worker.die();
    while (connection.gone() == null) {
      Thread.sleep(1);
    }
    assertThat(heard.events, contains("state"));
    assertThat(heard.elements, is(empty()));
  }

  @Test
  void aListenerThatThrowsFailsItsBundleAndNoOther() throws Exception {
    control = worker.openControl();
    data = worker.openData();
    SdkWorker connected = connected();
    RecordedBundle heardByOther = new RecordedBundle();
    RecordedBundle broken =
        new RecordedBundle() {
          @Override
          public void elements(String port, ByteString elements) {
            throw new IllegalStateException("broken");
          }
        };
    String descriptor = connected.register(Descriptors.withoutTimers());
    connected.begin(descriptor, List.of(), broken);
    connected.begin(descriptor, List.of(), heardByOther);
    String first = worker.control.next().getInstructionId();
    String second = worker.control.next().getInstructionId();
    data.onNext(elements(first, OUTPUT, "a", true));
    data.onNext(elements(second, OUTPUT, "b", true));
    control.onNext(processed(second));
    heardByOther.awaitDone();
    assertThat(broken.awaitFailure(), containsString("could not be taken in"));
  }
}
