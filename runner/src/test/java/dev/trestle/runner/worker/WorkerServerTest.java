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
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.GetProcessBundleDescriptorRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogControl;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateGetResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnControlGrpc;
import org.apache.beam.model.fnexecution.v1.BeamFnLoggingGrpc;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoRequest;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.ProvisionInfo;
import org.apache.beam.model.fnexecution.v1.ProvisionServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.CallOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCalls;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server and a worker that may be late, wrong, or dead. */
final class WorkerServerTest {

  private static final String ID = "worker-1";
  private static final ArtifactInformation ARTIFACT =
      ArtifactInformation.newBuilder().setTypeUrn("it").build();
  private static final int ARTIFACT_BYTES = 10_000_000;

  private final BlockingQueue<LogEntry> log = new LinkedBlockingQueue<>();
  private WorkerServer server;
  private WorkerConnection connection;
  private FakeWorker worker;

  @BeforeEach
  void start() throws IOException {
    server = WorkerServer.start();
    connection =
        server.expect(
            ID,
            new WorkerProvision(
                Struct.newBuilder()
                    .putFields("option", Value.newBuilder().setStringValue("value").build())
                    .build(),
                List.of(ARTIFACT),
                Map.of("job_name", "it")),
            WorkerServerTest::open,
            log::add);
    worker = new FakeWorker(server, ID);
  }

  private static InputStream open(ArtifactInformation artifact) throws IOException {
    if (!artifact.equals(ARTIFACT)) {
      throw new FileNotFoundException("no such artifact");
    }
    return new ByteArrayInputStream(new byte[ARTIFACT_BYTES]);
  }

  @AfterEach
  void stop() {
    worker.close();
    server.close();
  }

  private SdkWorker connected() throws Exception {
    return connection.connected().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static Status.Code codeOf(CompletableFuture<Void> stream) {
    ExecutionException failure =
        assertThrows(
            ExecutionException.class, () -> stream.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    return Status.fromThrowable(failure.getCause()).getCode();
  }

  // ---- Who may connect, and what it is told ----------------------------------------------------

  @Test
  void strangersAreRefused() throws Exception {
    try (FakeWorker stranger = new FakeWorker(server, "stranger")) {
      stranger.openControl();
      stranger.openData();
      stranger.openState();
      assertThat(codeOf(stranger.control.ended), is(Status.Code.PERMISSION_DENIED));
      assertThat(codeOf(stranger.data.ended), is(Status.Code.PERMISSION_DENIED));
      assertThat(codeOf(stranger.state.ended), is(Status.Code.PERMISSION_DENIED));
      StatusRuntimeException refused =
          assertThrows(StatusRuntimeException.class, () -> provision(stranger));
      assertThat(refused.getMessage(), containsString("No worker stranger is expected"));
    }
  }

  @Test
  void whoDoesNotSayWhoItIsIsRefused() throws Exception {
    ManagedChannel channel = FakeWorker.connect(server);
    FakeWorker.Inbox<InstructionResponse, InstructionRequest> control = new FakeWorker.Inbox<>();
    BeamFnControlGrpc.newStub(channel).control(control);
    assertThat(codeOf(control.ended), is(Status.Code.PERMISSION_DENIED));
    channel.shutdownNow();
  }

  @Test
  void aSecondOfTheSameIdIsRefusedAndTheFirstGoesOn() throws Exception {
    worker.openControl();
    SdkWorker first = connected();
    try (FakeWorker second = new FakeWorker(server, ID)) {
      second.openControl();
      assertThat(codeOf(second.control.ended), is(Status.Code.ALREADY_EXISTS));
    }
    first.begin(first.register(Descriptors.withoutTimers()), List.of(), new RecordedBundle());
    assertThat(worker.control.next().hasProcessBundle(), is(true));
  }

  @Test
  void noTwoWorkersOfAnIdAreExpected() {
    assertThrows(
        IllegalArgumentException.class,
        () -> server.expect(ID, connection.provision(), ArtifactSource.NONE, log::add));
  }

  @Test
  void aWorkerIsToldOfItsJobBeforeItConnects() {
    ProvisionInfo info = provision(worker);
    assertThat(info.getPipelineOptions().getFieldsOrThrow("option").getStringValue(), is("value"));
    assertThat(info.getDependenciesList(), contains(ARTIFACT));
    assertThat(info.getMetadataMap(), is(Map.of("job_name", "it")));
    assertThat(info.getControlEndpoint(), is(server.endpoint()));
    assertThat(info.getLoggingEndpoint(), is(server.endpoint()));
    assertThat(info.getArtifactEndpoint(), is(server.endpoint()));
    assertThat(
        info.getRunnerCapabilitiesList(),
        contains("beam:protocol:control_response_elements_embedding:v1"));
  }

  private static ProvisionInfo provision(FakeWorker worker) {
    return ProvisionServiceGrpc.newBlockingStub(worker.channel())
        .getProvisionInfo(GetProvisionInfoRequest.getDefaultInstance())
        .getInfo();
  }

  @Test
  void artifactsComeInChunksThatEverySdkAccepts() {
    Iterator<GetArtifactResponse> chunks =
        ArtifactRetrievalServiceGrpc.newBlockingStub(worker.channel())
            .getArtifact(GetArtifactRequest.newBuilder().setArtifact(ARTIFACT).build());
    int bytes = 0;
    while (chunks.hasNext()) {
      ByteString chunk = chunks.next().getData();
      assertThat(chunk.size(), lessThan(4 << 20));
      bytes += chunk.size();
    }
    assertThat(bytes, is(ARTIFACT_BYTES));
  }

  @Test
  void artifactsResolveToThemselves() {
    assertThat(
        ArtifactRetrievalServiceGrpc.newBlockingStub(worker.channel())
            .resolveArtifacts(ResolveArtifactsRequest.newBuilder().addArtifacts(ARTIFACT).build())
            .getReplacementsList(),
        contains(ARTIFACT));
  }

  @Test
  void anArtifactThatIsNotTheJobsIsNotFound() {
    Iterator<GetArtifactResponse> chunks =
        ArtifactRetrievalServiceGrpc.newBlockingStub(worker.channel())
            .getArtifact(GetArtifactRequest.getDefaultInstance());
    StatusRuntimeException failure =
        assertThrows(StatusRuntimeException.class, () -> chunks.hasNext());
    assertThat(failure.getStatus().getCode(), is(Status.Code.NOT_FOUND));
    assertThat(failure.getMessage(), containsString("no such artifact"));
  }

  // ---- Descriptors -----------------------------------------------------------------------------

  @Test
  void aDescriptorIsGivenToWhoNamesItWithoutAName() throws Exception {
    worker.openControl();
    String id = connected().register(Descriptors.withTimers());
    ManagedChannel nameless = FakeWorker.connect(server);
    ProcessBundleDescriptor descriptor = descriptor(nameless, id);
    assertThat(descriptor.getId(), is(id));
    assertThat(descriptor.getStateApiServiceDescriptor(), is(server.endpoint()));
    assertThat(descriptor.getTimerApiServiceDescriptor(), is(server.endpoint()));
    for (String port : List.of(INPUT, OUTPUT)) {
      RemoteGrpcPort payload =
          RemoteGrpcPort.parseFrom(descriptor.getTransformsOrThrow(port).getSpec().getPayload());
      assertThat(payload.getApiServiceDescriptor(), is(server.endpoint()));
      assertThat(payload.getCoderId(), is("coder"));
    }
    nameless.shutdownNow();
  }

  @Test
  void aDescriptorGoesWithItsWorker() throws Exception {
    worker.openControl();
    String id = connected().register(Descriptors.withTimers());
    connection.close();
    ManagedChannel channel = FakeWorker.connect(server);
    StatusRuntimeException failure =
        assertThrows(StatusRuntimeException.class, () -> descriptor(channel, id));
    assertThat(failure.getStatus().getCode(), is(Status.Code.NOT_FOUND));
    channel.shutdownNow();
  }

  private static ProcessBundleDescriptor descriptor(ManagedChannel channel, String id) {
    return BeamFnControlGrpc.newBlockingStub(channel)
        .getProcessBundleDescriptor(
            GetProcessBundleDescriptorRequest.newBuilder()
                .setProcessBundleDescriptorId(id)
                .build());
  }

  @Test
  void equalDescriptorsAreRegisteredOnce() throws Exception {
    worker.openControl();
    SdkWorker connected = connected();
    String id = connected.register(Descriptors.withTimers());
    assertThat(connected.register(Descriptors.withTimers()), is(id));
    assertThat(connected.register(Descriptors.withoutTimers()), is(not(id)));
  }

  @Test
  void bundlesOfUnknownDescriptorsAreRefused() throws Exception {
    worker.openControl();
    SdkWorker connected = connected();
    assertThrows(
        IllegalArgumentException.class,
        () -> connected.begin("unknown", List.of(), new RecordedBundle()));
  }

  // ---- When a bundle is done -------------------------------------------------------------------

  private RecordedBundle heard;
  private WorkerBundle bundle;
  private String instruction;
  private StreamObserver<InstructionResponse> control;
  private StreamObserver<Elements> data;

  private void begin(ProcessBundleDescriptor descriptor) throws Exception {
    control = worker.openControl();
    data = worker.openData();
    SdkWorker connected = connected();
    heard = new RecordedBundle();
    bundle = connected.begin(connected.register(descriptor), List.of(), heard);
    instruction = worker.control.next().getInstructionId();
  }

  /** Has all that was sent before through the control stream be handled. */
  private void settleControl() throws InterruptedException {
    bundle.requestProgress();
    control.onNext(
        InstructionResponse.newBuilder()
            .setInstructionId(worker.control.next().getInstructionId())
            .build());
    take(heard.progress);
  }

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
    begin(Descriptors.withoutTimers());
    data.onNext(elements(instruction, OUTPUT, "", true));
    control.onNext(processed(instruction));
    heard.awaitDone();
    bundle.finalizeBundle();
    assertThat(worker.control.next().getFinalizeBundle().getInstructionId(), is(instruction));
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

  // ---- Death -----------------------------------------------------------------------------------

  @Test
  void theRestOfTheLogIsAwaited() throws Exception {
    StreamObserver<LogEntry.List> logging =
        BeamFnLoggingGrpc.newStub(worker.channel())
            .logging(new FakeWorker.Inbox<LogEntry.List, LogControl>());
    logging.onNext(logged("first"));
    assertThat(take(log).getMessage(), is("first"));
    CompletableFuture<Boolean> awaited =
        CompletableFuture.supplyAsync(
            () -> {
              awaitLog(Duration.ofMinutes(1));
              return log.isEmpty();
            });

    connection.close();
    logging.onNext(logged("last"));
    logging.onCompleted();

    assertThat(awaited.get(1, TimeUnit.MINUTES), is(false));
    assertThat(take(log).getMessage(), is("last"));
  }

  @Test
  void aLogThatDoesNotEndIsNotAwaitedForEver() throws Exception {
    StreamObserver<LogEntry.List> logging =
        BeamFnLoggingGrpc.newStub(worker.channel())
            .logging(new FakeWorker.Inbox<LogEntry.List, LogControl>());
    logging.onNext(logged("first"));
    assertThat(take(log).getMessage(), is("first"));
    awaitLog(Duration.ofMillis(1));
    logging.onCompleted();
  }

  private void awaitLog(Duration patience) {
    try {
      connection.awaitLog(patience);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static LogEntry.List logged(String message) {
    return LogEntry.List.newBuilder()
        .addLogEntries(LogEntry.newBuilder().setMessage(message))
        .build();
  }

  @Test
  void deathFailsAllBundlesAtOnceWithTheEndOfTheLog() throws Exception {
    begin(Descriptors.withoutTimers());
    SdkWorker connected = connected();
    RecordedBundle other = new RecordedBundle();
    connected.begin(connected.register(Descriptors.withoutTimers()), List.of(), other);
    StreamObserver<LogEntry.List> logging =
        BeamFnLoggingGrpc.newStub(worker.channel())
            .logging(new FakeWorker.Inbox<LogEntry.List, LogControl>());
    logging.onNext(
        LogEntry.List.newBuilder()
            .addLogEntries(
                LogEntry.newBuilder().setMessage("out of memory").setTrace("at here\nat there"))
            .build());
    assertThat(take(log).getMessage(), is("out of memory"));
    worker.die();
    for (RecordedBundle failed : List.of(heard, other)) {
      String message = failed.awaitFailure();
      assertThat(message, containsString("The SDK worker worker-1 has gone"));
      assertThat(message, containsString("out of memory\nat here\nat there"));
    }
    assertThat(connection.gone(), is(not(nullValue())));
  }

  @Test
  void aWorkerThatSaysGoodbyeIsGoneAsWell() throws Exception {
    begin(Descriptors.withoutTimers());
    control.onCompleted();
    assertThat(heard.awaitFailure(), containsString("its control stream has ended"));
  }

  @Test
  void aWorkerWithoutDataStreamIsGone() throws Exception {
    begin(Descriptors.withoutTimers());
    data.onNext(elements(instruction, OUTPUT, "a", false));
    data.onError(new IOException("no more"));
    assertThat(heard.awaitFailure(), containsString("its data stream has broken"));
  }

  @Test
  void aWorkerThatDiesBeforeItConnectsIsNotWaitedFor() {
    connection.printed("python: command not found");
    connection.died("has exited with status 127");
    ExecutionException failure = assertThrows(ExecutionException.class, this::connected);
    assertThat(failure.getCause(), is(instanceOf(WorkerException.class)));
    assertThat(
        failure.getCause().getMessage(),
        is(
            "The SDK worker worker-1 has exited with status 127. The end of its log:\n"
                + "python: command not found"));
  }

  @Test
  void bundlesOfAWorkerThatIsGoneFail() throws Exception {
    worker.openControl();
    SdkWorker connected = connected();
    String descriptor = connected.register(Descriptors.withoutTimers());
    connection.died("has exited with status 1");
    RecordedBundle late = new RecordedBundle();
    WorkerBundle begun = connected.begin(descriptor, List.of(), late);
    assertThat(late.awaitFailure(), containsString("has exited with status 1"));
    begun.send(INPUT, ByteString.copyFromUtf8("a"));
    begun.endOfInput();
    begun.abandon();
    assertThat(late.events, contains("failed"));
  }

  @Test
  void aWorkerThatIsLetGoSeesItsStreamsEndInGoodOrder() throws Exception {
    begin(Descriptors.withoutTimers());
    worker.openState().onNext(stateRequest("r", "unknown"));
    worker.state.next();
    connection.close();
    worker.control.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    worker.data.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    worker.state.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(heard.awaitFailure(), containsString("has been let go"));
    try (FakeWorker again = new FakeWorker(server, ID)) {
      again.openControl();
      assertThat(codeOf(again.control.ended), is(Status.Code.PERMISSION_DENIED));
    }
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

  private static StateRequest stateRequest(String id, String instruction) {
    return StateRequest.newBuilder().setId(id).setInstructionId(instruction).build();
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
