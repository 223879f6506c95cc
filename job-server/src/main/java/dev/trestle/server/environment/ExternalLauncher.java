package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StartWorkerRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StartWorkerResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StopWorkerRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StopWorkerResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnExternalWorkerPoolGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.ExternalPayload;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a worker pool for workers: one that runs for a long time, or that is in the process that has
 * submitted the job (LOOPBACK).
 */
final class ExternalLauncher implements WorkerLauncher {

  private static final Logger LOG = LoggerFactory.getLogger(ExternalLauncher.class);

  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 5;

  private final ExternalPayload pool;

  ExternalLauncher(ExternalPayload pool) {
    this.pool = pool;
  }

  @Override
  public RunningWorker launch(WorkerConnection connection) throws WorkerException {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(pool.getEndpoint().getUrl()).usePlaintext().build();
    boolean started = false;
    try {
      StartWorkerResponse response =
          BeamFnExternalWorkerPoolGrpc.newBlockingStub(channel)
              .withDeadlineAfter(START_SECONDS, TimeUnit.SECONDS)
              .startWorker(
                  StartWorkerRequest.newBuilder()
                      .setWorkerId(connection.id())
                      .setControlEndpoint(connection.endpoint())
                      .setLoggingEndpoint(connection.endpoint())
                      .setArtifactEndpoint(connection.endpoint())
                      .setProvisionEndpoint(connection.endpoint())
                      .putAllParams(pool.getParamsMap())
                      .build());
      if (!response.getError().isEmpty()) {
        throw new WorkerException(describe() + response.getError());
      }
      started = true;
      return new PooledWorker(connection.id(), channel);
    } catch (StatusRuntimeException e) {
      throw new WorkerException(describe() + e.getMessage(), e);
    } finally {
      if (!started) {
        channel.shutdownNow();
      }
    }
  }

  private String describe() {
    return "The worker pool at " + pool.getEndpoint().getUrl() + " starts no SDK worker: ";
  }

  /** A worker that the pool has started. */
  private static final class PooledWorker implements RunningWorker {

    private final String id;
    private final ManagedChannel channel;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    PooledWorker(String id, ManagedChannel channel) {
      this.id = id;
      this.channel = channel;
    }

    @Override
    public void stop() {
      if (stopping.compareAndSet(false, true)) {
        BeamFnExternalWorkerPoolGrpc.newStub(channel)
            .withDeadlineAfter(STOP_SECONDS, TimeUnit.SECONDS)
            .stopWorker(
                StopWorkerRequest.newBuilder().setWorkerId(id).build(),
                new StreamObserver<StopWorkerResponse>() {
                  @Override
                  public void onNext(StopWorkerResponse response) {
                    if (!response.getError().isEmpty()) {
                      LOG.warn("{} cannot be stopped: {}", id, response.getError());
                    }
                  }

                  @Override
                  public void onError(Throwable cause) {
                    LOG.debug("The worker pool of {} has gone, or does not answer", id, cause);
                    stopped.complete(null);
                  }

                  @Override
                  public void onCompleted() {
                    stopped.complete(null);
                  }
                });
      }
    }

    @Override
    public void awaitStopped() {
      stopped.join();
      channel.shutdownNow();
    }
  }
}
