package dev.trestle.server.service;

import dev.trestle.runner.grpc.RequestGuard;
import dev.trestle.server.artifacts.ArtifactStore;
import dev.trestle.server.jobs.JobLauncher;
import dev.trestle.server.jobs.JobTable;
import dev.trestle.server.jobs.Jobs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.BindableService;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.InsecureServerCredentials;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Server;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCredentials;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerInterceptors;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerServiceDefinition;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.TlsServerCredentials;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyServerBuilder;

/** The job server: one port for all that clients ask. Any thread may call. */
public final class JobServer implements AutoCloseable {

  private static final int THREADS = 32;
  private static final long IDLE_SECONDS = 30;

  /** gRPC resets the stream of a message so many times as large as allowed, without a word. */
  private static final int RESET_FACTOR = 2;

  /** Of one connection. */
  private static final int MOST_CALLS = 500;

  /** How often a connection on which nothing happens is looked after. */
  private static final long PING_SECONDS = 60;

  /** More often than that a client may not look after it. */
  private static final long LEAST_PING_SECONDS = 10;

  /**
   * For calls that are under way when the server ends; those that follow a job are then cut off.
   */
  private static final long GRACE_SECONDS = 1;

  private final Server server;
  private final Jobs jobs;
  private final ExecutorService executor;

  private JobServer(Server server, Jobs jobs, ExecutorService executor) {
    this.server = server;
    this.jobs = jobs;
    this.executor = executor;
  }

  /**
   * Starts a server. Jobs that ran when an earlier one ended go on.
   *
   * @throws IOException if the address or the directory cannot be had
   */
  public static JobServer start(ServerSettings settings, JobLauncher launcher) throws IOException {
    JobTable table = JobTable.open(settings.directory().resolve("jobs"));
    ExecutorService executor = executor();
    Jobs jobs = null;
    try {
      jobs =
          Jobs.open(
              table,
              ArtifactStore.open(
                  settings.directory().resolve("artifacts"), settings.mostArtifactBytes()),
              launcher,
              settings.limits(),
              settings.directory().resolve("checkpoints"),
              InstantSource.system());
      return new JobServer(listen(settings, jobs, executor), jobs, executor);
    } catch (IOException | RuntimeException e) {
      executor.shutdown();
      if (jobs != null) {
        jobs.close();
      }
      table.close();
      throw e;
    }
  }

  private static Server listen(ServerSettings settings, Jobs jobs, ExecutorService executor)
      throws IOException {
    InetSocketAddress address = settings.address();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address, credentials(settings))
            .executor(executor)
            .maxInboundMessageSize(RESET_FACTOR * settings.mostMessageBytes())
            .maxConcurrentCallsPerConnection(MOST_CALLS)
            .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(LEAST_PING_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(new HealthService());
    String reached = address.getHostString() + ":" + address.getPort();
    for (BindableService service :
        new BindableService[] {
          new JobService(jobs, reached, executor),
          new StagingService(jobs),
          new ControlService(jobs)
        }) {
      builder.addService(intercepted(service, settings));
    }
    return builder.build().start();
  }

  private static ServerServiceDefinition intercepted(
      BindableService service, ServerSettings settings) {
    ServerServiceDefinition answered =
        ServerInterceptors.intercept(service, new CallAuthority(), new HeadersFirst());
    ServerServiceDefinition guarded =
        RequestGuard.guard(answered, settings.mostMessageBytes(), "--max-message-mb");
    String token = settings.token();
    return token == null ? guarded : ServerInterceptors.intercept(guarded, new BearerToken(token));
  }

  private static ServerCredentials credentials(ServerSettings settings) throws IOException {
    ServerSettings.Tls tls = settings.tls();
    return tls == null
        ? InsecureServerCredentials.create()
        : TlsServerCredentials.create(tls.certificates().toFile(), tls.key().toFile());
  }

  private static ExecutorService executor() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "trestle-server-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy()); // nobody is told anything after the end
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Where it listens. */
  public int port() {
    return server.getPort();
  }

  /** Waits until it has been closed. */
  public void await() throws InterruptedException {
    server.awaitTermination();
  }

  /**
   * Takes no more calls, stops the jobs, has those who follow them told of it, and ends. Jobs with
   * checkpoints go on when a server is started with the same directory.
   */
  @Override
  public void close() {
    server.shutdown();
    jobs.close();
    try {
      if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      executor.shutdown();
    }
  }
}
