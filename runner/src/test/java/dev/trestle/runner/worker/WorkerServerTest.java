package dev.trestle.runner.worker;

import static dev.trestle.runner.worker.Descriptors.INPUT;
import static dev.trestle.runner.worker.Descriptors.OUTPUT;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.GetProcessBundleDescriptorRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.fnexecution.v1.BeamFnControlGrpc;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoRequest;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.ProvisionInfo;
import org.apache.beam.model.fnexecution.v1.ProvisionServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

/** Whom the server lets in, and what it tells a worker. */
final class WorkerServerTest extends WorkerTest {

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
}
