package dev.trestle.runner.worker;

import dev.trestle.runner.grpc.RequestGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.BindableService;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Server;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerServiceDefinition;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyServerBuilder;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.util.concurrent.ThreadFactoryBuilder;

/**
 * The Fn API towards workers: all of its services on one port, for the workers of all jobs. Who is
 * not expected is refused. Any thread may call.
 */
public final class WorkerServer implements AutoCloseable {

  /** An element, with all that goes with it, cannot be larger. */
  private static final int MOST_MESSAGE_BYTES = 512 << 20;

  /** After how long a connection is broken whose other side, or the way to it, does not respond. */
  private static final int SILENCE_SECONDS = 60;

  /**
   * After how long a connection without calls is closed. Workers that are threads leave theirs
   * open; others connect again when they have something to ask.
   */
  private static final int IDLE_CONNECTION_SECONDS = 30;

  private static final int IDLE_THREAD_SECONDS = 10;

  /** How long workers have at the end to hear that they are let go. */
  private static final int GOODBYE_SECONDS = 1;

  private final ApiServiceDescriptor endpoint;
  private final Server server;
  private final WorkerRegistry workers;
  private final ThreadPoolExecutor pool;

  private WorkerServer(
      ApiServiceDescriptor endpoint,
      Server server,
      WorkerRegistry workers,
      ThreadPoolExecutor pool) {
    this.endpoint = endpoint;
    this.server = server;
    this.workers = workers;
    this.pool = pool;
  }

  /**
   * Starts to listen to the workers of this machine, at a port that is free.
   *
   * @throws IOException if it cannot
   */
  public static WorkerServer start() throws IOException {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "localhost");
  }

  /**
   * Starts to listen.
   *
   * @param listen where; port 0 is any that is free
   * @param host by which workers find it
   * @throws IOException if it cannot listen there
   */
  public static WorkerServer start(InetSocketAddress listen, String host) throws IOException {
    WorkerRegistry workers = new WorkerRegistry();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_THREAD_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new ThreadFactoryBuilder().setNameFormat("worker-calls-%d").setDaemon(true).build(),
            new ThreadPoolExecutor.DiscardPolicy()); // what comes after the end matters to nobody
    Server server =
        NettyServerBuilder.forAddress(listen)
            .executor(pool)
            .intercept(workers)
            .addService(new ControlService(workers))
            .addService(new DataService(workers))
            .addService(new StateService(workers))
            .addService(new LoggingService(workers))
            .addService(guarded(new ProvisionService(workers)))
            .addService(guarded(new ArtifactService(workers)))
            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
            .maxConnectionIdle(IDLE_CONNECTION_SECONDS, TimeUnit.SECONDS)
            .keepAliveTime(SILENCE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(SILENCE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(1, TimeUnit.SECONDS) // Python asks every few seconds
            .permitKeepAliveWithoutCalls(true)
            .build();
    try {
      server.start();
    } catch (IOException e) {
      pool.shutdown();
      throw e;
    }
    ApiServiceDescriptor endpoint =
        ApiServiceDescriptor.newBuilder().setUrl(host + ":" + server.getPort()).build();
    return new WorkerServer(endpoint, server, workers, pool);
  }

  /** Says what is wrong with a question. In a stream, bytes that are no message end the worker. */
  private static ServerServiceDefinition guarded(BindableService service) {
    return RequestGuard.guard(service.bindService(), MOST_MESSAGE_BYTES, "of workers");
  }

  /** Where workers find all services. */
  public ApiServiceDescriptor endpoint() {
    return endpoint;
  }

  /**
   * Lets a worker connect. Until it does, and for as long as it is connected, it may ask for what
   * it is told and has to fetch, and may log.
   *
   * @param id that nobody else guesses, of letters, digits, - and _
   * @param log is told what it logs
   * @throws IllegalArgumentException if there is one of that id
   */
  public WorkerConnection expect(
      String id, WorkerProvision provision, ArtifactSource artifacts, WorkerLog log) {
    WorkerConnection worker =
        new WorkerConnection(id, endpoint, provision, artifacts, log, workers, pool);
    workers.add(worker);
    return worker;
  }

  /** Lets all workers go, and listens no more. */
  @Override
  public void close() {
    workers.workers().forEach(WorkerConnection::close);
    server.shutdown();
    try {
      if (!server.awaitTermination(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    pool.shutdown();
  }
}
