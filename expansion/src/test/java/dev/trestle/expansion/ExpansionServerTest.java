package dev.trestle.expansion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.expansion.v1.ExpansionApi.DiscoverSchemaTransformRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionResponse;
import org.apache.beam.model.expansion.v1.ExpansionServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.ProcessPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardEnvironments;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpansionServerTest {

  @TempDir Path directory;

  private ExpansionServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server = ExpansionServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel = NettyChannelBuilder.forAddress("localhost", server.port()).usePlaintext().build();
  }

  @AfterEach
  void end() {
    channel.shutdownNow();
    server.close();
  }

  private ExpansionServiceGrpc.ExpansionServiceBlockingStub expansions() {
    return ExpansionServiceGrpc.newBlockingStub(channel);
  }

  private ArtifactRetrievalServiceGrpc.ArtifactRetrievalServiceBlockingStub artifacts() {
    return ArtifactRetrievalServiceGrpc.newBlockingStub(channel);
  }

  private Environment environment() throws Exception {
    ExpansionResponse response = expansions().expand(Requests.sequence());
    assertThat(response.getError(), is(""));
    return response.getComponents().getEnvironmentsMap().values().iterator().next();
  }

  @Test
  void workersAreProcessesThatTheJobServerBringsItself() throws Exception {
    Environment environment = environment();

    assertThat(
        environment.getUrn(), is(BeamUrns.getUrn(StandardEnvironments.Environments.PROCESS)));
    assertThat(ProcessPayload.parseFrom(environment.getPayload()).getCommand(), is(""));
    assertThat(
        "of which SDK they are shows",
        environment.getCapabilitiesList().stream().anyMatch(each -> each.contains("_java")),
        is(true));
  }

  @Test
  void classPathIsHandedOut() throws Exception {
    List<ArtifactInformation> files =
        artifacts()
            .resolveArtifacts(
                ResolveArtifactsRequest.newBuilder()
                    .addAllArtifacts(environment().getDependenciesList())
                    .build())
            .getReplacementsList();

    List<String> names = new ArrayList<>();
    for (ArtifactInformation file : files) {
      names.add(Path.of(path(file)).getFileName().toString());
    }
    assertThat(
        names.stream().map(name -> name.replaceAll("-[0-9].*", "")).toList(),
        hasItems(
            "beam-sdks-java-io-kafka",
            "kafka-clients",
            "beam-sdks-java-io-jdbc",
            "beam-sdks-java-extensions-avro"));
    ArtifactInformation kafka =
        files.get(
            names.indexOf(
                names.stream().filter(n -> n.startsWith("kafka-clients")).findAny().orElseThrow()));
    ByteString content = ByteString.EMPTY;
    for (Iterator<GetArtifactResponse> chunks =
            artifacts().getArtifact(GetArtifactRequest.newBuilder().setArtifact(kafka).build());
        chunks.hasNext(); ) {
      content = content.concat(chunks.next().getData());
    }
    assertThat(content.toByteArray(), equalTo(Files.readAllBytes(Path.of(path(kafka)))));
  }

  private static String path(ArtifactInformation file) throws Exception {
    return ArtifactFilePayload.parseFrom(file.getTypePayload()).getPath();
  }

  @Test
  void noOtherFileIsHandedOut() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "a password");
    ArtifactInformation artifact =
        ArtifactInformation.newBuilder()
            .setTypeUrn(BeamUrns.getUrn(StandardArtifacts.Types.FILE))
            .setTypePayload(
                ArtifactFilePayload.newBuilder().setPath(secret.toString()).build().toByteString())
            .build();
    ArtifactInformation resolved =
        artifacts()
            .resolveArtifacts(ResolveArtifactsRequest.newBuilder().addArtifacts(artifact).build())
            .getReplacements(0);

    assertThat(refusalOf(resolved).getCode(), is(Status.Code.NOT_FOUND));
  }

  @Test
  void unreadableArtifactIsRefused() {
    ArtifactInformation artifact =
        ArtifactInformation.newBuilder()
            .setTypeUrn(BeamUrns.getUrn(StandardArtifacts.Types.FILE))
            .setTypePayload(ByteString.copyFromUtf8("no message"))
            .build();

    assertThat(refusalOf(artifact).getCode(), is(Status.Code.INVALID_ARGUMENT));
  }

  private Status refusalOf(ArtifactInformation artifact) {
    Iterator<GetArtifactResponse> answer =
        artifacts().getArtifact(GetArtifactRequest.newBuilder().setArtifact(artifact).build());
    return assertThrows(StatusRuntimeException.class, answer::hasNext).getStatus();
  }

  @Test
  void schemaTransformsAreFound() {
    assertThat(
        expansions()
            .discoverSchemaTransform(DiscoverSchemaTransformRequest.getDefaultInstance())
            .getSchemaTransformConfigsMap()
            .keySet(),
        hasItems(
            "beam:schematransform:org.apache.beam:kafka_read:v1",
            "beam:schematransform:org.apache.beam:kafka_write:v1",
            "beam:schematransform:org.apache.beam:jdbc_read:v1",
            "beam:schematransform:org.apache.beam:jdbc_write:v1"));
  }

  @Test
  void filesOfAvroAreReadAndWrittenByTheNamesThatOtherSdksKnow() throws Exception {
    ExpansionResponse read =
        expansions().expand(Requests.avro("beam:transform:org.apache.beam:schemaio_avro_read:v1"));
    ExpansionResponse unreadable =
        expansions()
            .expand(
                Requests.request(
                    "beam:transform:org.apache.beam:schemaio_avro_write:v1", ByteString.EMPTY));

    assertThat(read.getError(), is(""));
    assertThat(
        read.getComponents().getTransformsMap().values().stream()
            .anyMatch(transform -> transform.getUniqueName().contains("AvroIO")),
        is(true));
    assertThat(unreadable.getError(), containsString("schemaio_avro_write"));
  }

  @Test
  void unknownTransformIsAnError() {
    ExpansionResponse response =
        expansions().expand(Requests.request("beam:transform:none:v1", ByteString.EMPTY));

    assertThat(response.getError(), containsString("beam:transform:none:v1"));
  }

  @Test
  void kafkaSinkWithTransactionalIdWritesExactlyOnce() throws Exception {
    assertThat(
        recognizedUrn(Map.of("bootstrap.servers", "localhost:1", "transactional.id", "mine")),
        is(TransactionalKafkaWrite.URN));
    assertThat(
        recognizedUrn(Map.of("bootstrap.servers", "localhost:1")), is(KafkaIO.Write.External.URN));
    assertThat(
        "what is unreadable is left alone",
        TransactionalKafkaWrite.recognized(
                Requests.request(KafkaIO.Write.External.URN, ByteString.copyFromUtf8("no message")))
            .getTransform()
            .getSpec()
            .getUrn(),
        is(KafkaIO.Write.External.URN));
  }

  private static String recognizedUrn(Map<String, String> producerConfig) throws Exception {
    return TransactionalKafkaWrite.recognized(
            Requests.request(KafkaIO.Write.External.URN, Requests.kafkaWrite(producerConfig)))
        .getTransform()
        .getSpec()
        .getUrn();
  }
}
