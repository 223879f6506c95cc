package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.RecordedBundle;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.beam.fn.harness.ExternalWorkerService;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StartWorkerRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StartWorkerResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StopWorkerRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StopWorkerResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnExternalWorkerPoolGrpc.BeamFnExternalWorkerPoolImplBase;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.ExternalPayload;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.SdkHarnessOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.BindableService;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Server;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyServerBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers of a pool that somebody else runs. */
final class ExternalWorkersTest {

  @TempDir Path directory;

  private final FakePool fake = new FakePool();
  private WorkerFixture fixture;
  private Server pool;

  /** Beam's own, whose workers are threads, and which remembers nothing of them. */
  private final ExternalWorkerService real = new ExternalWorkerService(options());

  private static PipelineOptions options() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.as(SdkHarnessOptions.class).setEnableLogViaFnApi(false);
    return options;
  }

  @BeforeEach
  void start() throws IOException {
    fixture = new WorkerFixture(WorkerFixture.settings(directory));
  }

  @AfterEach
  void stop() {
    fixture.close();
    if (pool != null) {
      pool.shutdownNow();
    }
  }

  private Environment serve(BindableService service) throws IOException {
    pool =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(service)
            .build()
            .start();
    return at("localhost:" + pool.getPort());
  }

  private static Environment at(String url) {
    return Environment.newBuilder()
        .setUrn(EnvironmentChoice.EXTERNAL)
        .setPayload(
            ExternalPayload.newBuilder()
                .setEndpoint(ApiServiceDescriptor.newBuilder().setUrl(url))
                .putParams("key", "value")
                .build()
                .toByteString())
        .build();
  }

  private String failure(Environment environment) {
    return assertThrows(WorkerException.class, () -> fixture.workers().worker(environment, 0))
        .getMessage();
  }

  @Test
  void aWorkerOfAPoolProcessesBundles() throws Exception {
    SdkWorker worker = fixture.workers().worker(serve(real), 0);
    assertThat(WorkerFixture.echo(worker, "a"), contains("a"));
  }

  @Test
  void aPoolIsToldWhereItsWorkerIsWantedAndWhenItIsNot() throws Exception {
    JobWorkers workers = fixture.workers();
    Environment environment = serve(fake);
    SdkWorker worker = workers.worker(environment, 0);
    StartWorkerRequest start = RecordedBundle.take(fake.started);
    assertThat(start.getWorkerId(), is(worker.id()));
    assertThat(start.getControlEndpoint(), is(fixture.server.endpoint()));
    assertThat(start.getLoggingEndpoint(), is(fixture.server.endpoint()));
    assertThat(start.getArtifactEndpoint(), is(fixture.server.endpoint()));
    assertThat(start.getProvisionEndpoint(), is(fixture.server.endpoint()));
    assertThat(start.getParamsMap(), is(Map.of("key", "value")));
    workers.close();
    assertThat(RecordedBundle.take(fake.stopped).getWorkerId(), is(worker.id()));
  }

  @Test
  void aPoolThatRefusesIsQuoted() throws Exception {
    fake.error = "no room";
    Environment environment = serve(fake);
    assertThat(
        failure(environment),
        is("The worker pool at localhost:" + pool.getPort() + " starts no SDK worker: no room"));
  }

  @Test
  void aPoolThatIsNotThereIsNamed() throws Exception {
    Environment environment = serve(fake);
    String expected = "The worker pool at localhost:" + pool.getPort() + " starts no SDK worker: ";
    pool.shutdownNow().awaitTermination();
    assertThat(failure(environment), startsWith(expected));
  }

  @Test
  void aPoolThatHasGoneHoldsNoJobUp() throws Exception {
    JobWorkers workers = fixture.workers();
    SdkWorker worker = workers.worker(serve(fake), 0);
    pool.shutdownNow().awaitTermination();
    workers.close();
    assertThat(WorkerFixture.begin(worker, "a").awaitFailure(), containsString("has been let go"));
  }

  /** Hands on to Beam's, or refuses. */
  private final class FakePool extends BeamFnExternalWorkerPoolImplBase {

    private final BlockingQueue<StartWorkerRequest> started = new LinkedBlockingQueue<>();
    private final BlockingQueue<StopWorkerRequest> stopped = new LinkedBlockingQueue<>();
    private volatile String error = "";

    @Override
    public void startWorker(
        StartWorkerRequest request, StreamObserver<StartWorkerResponse> response) {
      started.add(request);
      if (error.isEmpty()) {
        real.startWorker(request, response);
      } else {
        response.onNext(StartWorkerResponse.newBuilder().setError(error).build());
        response.onCompleted();
      }
    }

    @Override
    public void stopWorker(StopWorkerRequest request, StreamObserver<StopWorkerResponse> response) {
      stopped.add(request);
      real.stopWorker(request, response);
    }
  }
}
