package dev.trestle.runner.worker;

import static dev.trestle.runner.worker.RecordedBundle.PATIENCE_SECONDS;
import static dev.trestle.runner.worker.RecordedBundle.take;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server, and a worker that may be late, wrong, or dead. */
abstract class WorkerTest {

  static final String ID = "worker-1";
  static final ArtifactInformation ARTIFACT =
      ArtifactInformation.newBuilder().setTypeUrn("it").build();
  static final int ARTIFACT_BYTES = 10_000_000;

  final BlockingQueue<LogEntry> log = new LinkedBlockingQueue<>();
  WorkerServer server;
  WorkerConnection connection;
  FakeWorker worker;

  /** What {@link #begin} has begun. */
  RecordedBundle heard;

  WorkerBundle bundle;
  String instruction;
  StreamObserver<InstructionResponse> control;
  StreamObserver<Elements> data;

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
            WorkerTest::open,
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

  final SdkWorker connected() throws Exception {
    return connection.connected().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  static Status.Code codeOf(CompletableFuture<Void> stream) {
    ExecutionException failure =
        assertThrows(
            ExecutionException.class, () -> stream.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    return Status.fromThrowable(failure.getCause()).getCode();
  }

  final void begin(ProcessBundleDescriptor descriptor) throws Exception {
    control = worker.openControl();
    data = worker.openData();
    SdkWorker connected = connected();
    heard = new RecordedBundle();
    bundle = connected.begin(connected.register(descriptor), List.of(), heard);
    instruction = worker.control.next().getInstructionId();
  }

  /** Has all that was sent before through the control stream be handled. */
  final void settleControl() throws InterruptedException {
    bundle.requestProgress();
    control.onNext(
        InstructionResponse.newBuilder()
            .setInstructionId(worker.control.next().getInstructionId())
            .build());
    take(heard.progress);
  }

  static StateRequest stateRequest(String id, String instruction) {
    return StateRequest.newBuilder().setId(id).setInstructionId(instruction).build();
  }
}
