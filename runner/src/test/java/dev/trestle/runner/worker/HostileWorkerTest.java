package dev.trestle.runner.worker;

import static dev.trestle.runner.worker.Descriptors.INPUT;
import static dev.trestle.runner.worker.Descriptors.OUTPUT;
import static dev.trestle.runner.worker.FakeWorker.elements;
import static dev.trestle.runner.worker.FakeWorker.processed;
import static dev.trestle.runner.worker.FakeWorker.timers;
import static dev.trestle.runner.worker.RecordedBundle.PATIENCE_SECONDS;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateKey;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnControlGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnDataGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnLoggingGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnStateGrpc;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoRequest;
import org.apache.beam.model.fnexecution.v1.ProvisionServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.MessageLite;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.CallOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCalls;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * A worker that sends messages as they come, damaged, from a seed. Its own bundle ends, one way or
 * the other; the bundle of another worker is done as if there were none.
 */
final class HostileWorkerTest {

  private static final int SEEDS = 40;
  private static final int MESSAGES = 25;

  /** What it may be told; neither UNKNOWN nor INTERNAL is an answer. */
  private static final Set<Status.Code> CLEAR =
      Set.of(Status.Code.OK, Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND);

  private WorkerServer server;
  private FakeWorker good;
  private RecordedBundle goodBundle;
  private StreamObserver<InstructionResponse> goodControl;
  private String goodInstruction;

  @BeforeEach
  void start() throws Exception {
    server = WorkerServer.start();
    WorkerConnection connection = expect("good");
    good = new FakeWorker(server, "good");
    goodControl = good.openControl();
    goodBundle = new RecordedBundle();
    begin(connection, goodBundle);
    goodInstruction = good.control.next().getInstructionId();
  }

  private WorkerConnection expect(String id) {
    return server.expect(
        id,
        new WorkerProvision(Struct.getDefaultInstance(), List.of(), Map.of()),
        artifact -> {
          throw new FileNotFoundException("there are none");
        },
        entry -> {});
  }

  private static void begin(WorkerConnection connection, RecordedBundle heard) throws Exception {
    SdkWorker worker = connection.connected().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    WorkerBundle bundle = worker.begin(worker.register(Descriptors.withTimers()), List.of(), heard);
    bundle.send(INPUT, ByteString.copyFromUtf8("a"));
  }

  @AfterEach
  void theOtherWorkersBundleIsDone() throws Exception {
    StreamObserver<Elements> data = good.openData();
    data.onNext(elements(goodInstruction, OUTPUT, "b", true));
    data.onNext(timers(goodInstruction, "t", true));
    goodControl.onNext(processed(goodInstruction));
    goodBundle.awaitDone();
    assertThat(goodBundle.elements, contains(ByteString.copyFromUtf8("b")));
    good.close();
    server.close();
  }

  private static StreamObserver<byte[]> open(FakeWorker worker, MethodDescriptor<?, ?> method) {
    return ClientCalls.asyncBidiStreamingCall(
        worker
            .channel()
            .newCall(
                method.toBuilder(Mutations.BYTES, Mutations.BYTES).build(), CallOptions.DEFAULT),
        new FakeWorker.Inbox<byte[], byte[]>());
  }

  /** Messages that would be good ones of the bundle, by the stream that they belong to. */
  private static Map<MethodDescriptor<?, ?>, List<MessageLite>> messages(String instruction) {
    return Map.of(
        BeamFnControlGrpc.getControlMethod(),
        List.of(
            processed(instruction),
            InstructionResponse.newBuilder()
                .setInstructionId(instruction)
                .setProcessBundleSplit(ProcessBundleSplitResponse.getDefaultInstance())
                .build(),
            InstructionResponse.newBuilder().setInstructionId(instruction).setError("no").build()),
        BeamFnDataGrpc.getDataMethod(),
        List.of(
            elements(instruction, OUTPUT, "some elements", false),
            elements(instruction, OUTPUT, "", true),
            timers(instruction, "some timers", true)),
        BeamFnStateGrpc.getStateMethod(),
        List.of(
            StateRequest.newBuilder()
                .setId("r")
                .setInstructionId(instruction)
                .setStateKey(
                    StateKey.newBuilder()
                        .setBagUserState(
                            StateKey.BagUserState.newBuilder()
                                .setTransformId(Descriptors.PAR_DO)
                                .setUserStateId("cell")
                                .setKey(ByteString.copyFromUtf8("key"))))
                .build()),
        BeamFnLoggingGrpc.getLoggingMethod(),
        List.of(
            LogEntry.List.newBuilder()
                .addLogEntries(
                    LogEntry.newBuilder()
                        .setSeverity(LogEntry.Severity.Enum.WARN)
                        .setInstructionId(instruction)
                        .setMessage("it hurts"))
                .build()));
  }

  @RepeatedTest(SEEDS)
  void damagedMessagesHurtNobodyElse(RepetitionInfo repetition) throws Exception {
    Mutations mutations = new Mutations(repetition.getCurrentRepetition());
    WorkerConnection connection = expect("hostile");
    try (FakeWorker hostile = new FakeWorker(server, "hostile")) {
      StreamObserver<InstructionResponse> control = hostile.openControl();
      RecordedBundle heard = new RecordedBundle();
      begin(connection, heard);
      String instruction = hostile.control.next().getInstructionId();
      Map<MethodDescriptor<?, ?>, List<MessageLite>> messages = messages(instruction);
      List<MethodDescriptor<?, ?>> methods = new ArrayList<>(messages.keySet());
      methods.sort((one, two) -> one.getFullMethodName().compareTo(two.getFullMethodName()));
      Map<MethodDescriptor<?, ?>, StreamObserver<byte[]>> streams = new HashMap<>();
      for (int sent = 0; sent < MESSAGES; sent++) {
        MethodDescriptor<?, ?> method = mutations.choose(methods);
        byte[] message = mutations.choose(messages.get(method)).toByteArray();
        byte[] damaged = mutations.of(message);
        if (method.equals(BeamFnControlGrpc.getControlMethod())) {
          sendIfMessage(control, damaged);
        } else {
          streams.computeIfAbsent(method, each -> open(hostile, each)).onNext(damaged);
        }
      }
      hostile.die();
      heard.awaitEnd();
      connection.close();
    }
  }

  /** The stream that makes a worker one carries messages; what is none is its end. */
  private static void sendIfMessage(StreamObserver<InstructionResponse> control, byte[] bytes) {
    try {
      control.onNext(InstructionResponse.parseFrom(bytes));
    } catch (IOException e) {
      // Sent through the others.
    }
  }

  @RepeatedTest(SEEDS)
  void damagedQuestionsGetAClearStatus(RepetitionInfo repetition) {
    Mutations mutations = new Mutations(repetition.getCurrentRepetition());
    Map<MethodDescriptor<?, ?>, MessageLite> questions =
        Map.of(
            ProvisionServiceGrpc.getGetProvisionInfoMethod(),
            GetProvisionInfoRequest.getDefaultInstance(),
            ArtifactRetrievalServiceGrpc.getResolveArtifactsMethod(),
            ResolveArtifactsRequest.newBuilder()
                .addArtifacts(ArtifactInformation.newBuilder().setTypeUrn("it"))
                .build(),
            ArtifactRetrievalServiceGrpc.getGetArtifactMethod(),
            GetArtifactRequest.newBuilder()
                .setArtifact(ArtifactInformation.newBuilder().setTypeUrn("it"))
                .build());
    questions.forEach(
        (method, question) ->
            assertThat(
                method.getFullMethodName(),
                ask(method, mutations.of(question.toByteArray())).getCode(),
                is(in(CLEAR))));
  }

  private Status ask(MethodDescriptor<?, ?> method, byte[] question) {
    try {
      Iterator<byte[]> answers =
          ClientCalls.blockingServerStreamingCall(
              good.channel(),
              method.toBuilder(Mutations.BYTES, Mutations.BYTES).build(),
              CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
              question);
      while (answers.hasNext()) {
        answers.next();
      }
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }
}
