package dev.trestle.runner.worker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampleDataRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardRunnerProtocols;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCallStreamObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker that is expected, connected or gone, for whoever has started it. Once it is gone it does
 * not come back. Any thread may call; no call blocks.
 */
public final class WorkerConnection implements SdkWorker, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerConnection.class);

  private static final Set<String> CAPABILITIES =
      Set.of(BeamUrns.getUrn(StandardRunnerProtocols.Enum.CONTROL_RESPONSE_ELEMENTS_EMBEDDING));

  private static final int LAST_WORDS_MILLIS = 100;
  private static final int SAMPLES_SECONDS = 5;

  private final String id;
  private final ApiServiceDescriptor endpoint;
  private final WorkerProvision provision;
  private final ArtifactSource artifacts;
  private final WorkerLog log;
  private final WorkerRegistry registry;
  private final Executor pool;
  private final WorkerChannels channels;
  private final LogTail tail = new LogTail();
  private final OpenCalls logs = new OpenCalls();
  private final Map<ProcessBundleDescriptor, RegisteredDescriptor> byTemplate =
      new ConcurrentHashMap<>();
  private final Map<String, RegisteredDescriptor> byId = new ConcurrentHashMap<>();
  private final CompletableFuture<SdkWorker> connected = new CompletableFuture<>();
  private final AtomicReference<@Nullable WorkerException> gone = new AtomicReference<>();

  WorkerConnection(
      String id,
      ApiServiceDescriptor endpoint,
      WorkerProvision provision,
      ArtifactSource artifacts,
      WorkerLog log,
      WorkerRegistry registry,
      Executor pool) {
    this.id = id;
    this.endpoint = endpoint;
    this.provision = provision;
    this.artifacts = artifacts;
    this.log = log;
    this.registry = registry;
    this.pool = pool;
    this.channels = new WorkerChannels(pool);
  }

  // ---- For whoever has started it --------------------------------------------------------------

  /** The worker, when it has connected; fails with {@link WorkerException} if it is gone before. */
  public CompletableFuture<SdkWorker> connected() {
    return connected.copy();
  }

  /** Whether it has connected, whatever has become of it since. */
  public boolean hasConnected() {
    return connected.isDone() && !connected.isCompletedExceptionally();
  }

  /** Where the worker finds all services. */
  public ApiServiceDescriptor endpoint() {
    return endpoint;
  }

  /** What the worker may make use of in this server, by URN. */
  public Set<String> runnerCapabilities() {
    return CAPABILITIES;
  }

  /** Why it is gone; null while it is not. */
  public @Nullable WorkerException gone() {
    return gone.get();
  }

  /** The worker has logged something. */
  public void logged(LogEntry entry) {
    tail.add(entry.getMessage());
    tail.add(entry.getTrace());
    try {
      log.logged(entry);
    } catch (RuntimeException e) {
      LOG.warn("A line of the log of {} is lost", id, e);
    }
  }

  /** The worker has printed something, rather than logged it. */
  public void printed(String line) {
    logged(
        LogEntry.newBuilder().setSeverity(LogEntry.Severity.Enum.DEBUG).setMessage(line).build());
  }

  /**
   * The worker has died, or could not be started. All its bundles fail, with the end of its log.
   *
   * @param how for the user, after its name: "has exited with status 1"
   */
  public void died(String how) {
    end(how, true);
  }

  /**
   * Waits until what the worker has logged has come, when it does not log any more.
   *
   * @param patience for how long at most
   */
  public void awaitLog(Duration patience) throws InterruptedException {
    logs.awaitEnd(patience);
  }

  /**
   * Waits until the worker has finalized the bundles that it was told to, or is gone.
   *
   * @param patience for how long at most
   */
  public void awaitFinalized(Duration patience) throws InterruptedException {
    channels.finalizations().awaitEnd(patience);
  }

  /**
   * The elements that the worker has sampled since it was asked last; none if it does not sample,
   * or does not answer in time.
   */
  public CompletableFuture<List<Sample>> samples() {
    ControlChannel control = channels.control();
    CompletableFuture<InstructionResponse> answer = new CompletableFuture<>();
    control.request(
        control.nextId(),
        InstructionRequest.newBuilder().setSampleData(SampleDataRequest.getDefaultInstance()),
        answer::complete);
    return answer
        .completeOnTimeout(
            InstructionResponse.getDefaultInstance(), SAMPLES_SECONDS, TimeUnit.SECONDS)
        .thenApply(
            response ->
                new Samples(byId.values().stream().map(RegisteredDescriptor::descriptor).toList())
                    .of(response.getSampleData()));
  }

  /** Lets the worker go: its streams end, and with them a worker that behaves. */
  @Override
  public void close() {
    end("has been let go", false);
    registry.remove(this);
  }

  private void end(String how, boolean withLog) {
    String end = withLog ? tail.toString() : "";
    WorkerException cause =
        new WorkerException(
            "The SDK worker "
                + id
                + " "
                + how
                + (end.isEmpty() ? "" : ". The end of its log:" + end));
    if (gone.compareAndSet(null, cause)) {
      connected.completeExceptionally(cause);
      channels.close(cause);
    }
  }

  // ---- For stages ------------------------------------------------------------------------------

  @Override
  public String id() {
    return id;
  }

  @Override
  public String register(ProcessBundleDescriptor template) {
    return byTemplate
        .computeIfAbsent(
            template,
            added -> {
              RegisteredDescriptor registered =
                  RegisteredDescriptor.of(added, registry.nextDescriptorId(), endpoint);
              byId.put(registered.id(), registered);
              return registered;
            })
        .id();
  }

  @Override
  public WorkerBundle begin(String descriptor, List<CacheToken> tokens, BundleListener listener) {
    RegisteredDescriptor registered = byId.get(descriptor);
    if (registered == null) {
      throw new IllegalArgumentException("No descriptor " + descriptor);
    }
    ControlChannel control = channels.control();
    GrpcBundle bundle = new GrpcBundle(control.nextId(), registered, channels, listener);
    channels.add(bundle);
    control.request(
        bundle.id(),
        InstructionRequest.newBuilder()
            .setProcessBundle(
                ProcessBundleRequest.newBuilder()
                    .setProcessBundleDescriptorId(descriptor)
                    .addAllCacheTokens(tokens)),
        bundle::responded);
    WorkerException cause = gone.get();
    if (cause != null) {
      bundle.failed(cause);
    }
    return bundle;
  }

  // ---- For services ----------------------------------------------------------------------------

  WorkerProvision provision() {
    return provision;
  }

  ArtifactSource artifacts() {
    return artifacts;
  }

  /** What the worker is told of a descriptor; null if it has none of that id. */
  @Nullable ProcessBundleDescriptor descriptor(String descriptorId) {
    RegisteredDescriptor registered = byId.get(descriptorId);
    return registered == null ? null : registered.descriptor();
  }

  StreamObserver<InstructionResponse> openControl(
      ServerCallStreamObserver<InstructionRequest> stream) {
    StreamObserver<InstructionResponse> opened =
        open("control", channels.control().outbox(), stream, channels.control()::received);
    pool.execute(() -> connected.complete(this));
    return opened;
  }

  StreamObserver<Elements> openData(ServerCallStreamObserver<Elements> stream) {
    return open("data", channels.data().outbox(), stream, channels.data()::received);
  }

  StreamObserver<StateRequest> openState(ServerCallStreamObserver<StateResponse> stream) {
    return open("state", channels.state().outbox(), stream, channels.state()::received);
  }

  private <I, O> StreamObserver<I> open(
      String name, Outbox<O> outbox, ServerCallStreamObserver<O> stream, Consumer<I> receiver) {
    if (!outbox.attach(stream, () -> broken(name, Status.CANCELLED))) {
      return WorkerStreams.refuse(
          stream, Status.ALREADY_EXISTS.withDescription(id + " has a " + name + " stream"));
    }
    return WorkerStreams.reading(receiver, status -> broken(name, status));
  }

  /**
   * One of its streams has ended on the worker's side. What it has logged last may still be under
   * way, and whoever has started it may see why: they have a moment.
   */
  private void broken(String stream, Status status) {
    String how =
        "has gone: its "
            + stream
            + " stream has "
            + (status.isOk() ? "ended" : "broken (" + description(status) + ")");
    CompletableFuture.delayedExecutor(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS, pool)
        .execute(() -> died(how));
  }

  private static String description(Status status) {
    return status.getDescription() == null
        ? status.getCode().name()
        : status.getCode() + ": " + status.getDescription();
  }

  OpenCalls logs() {
    return logs;
  }
}
