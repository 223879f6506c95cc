package dev.trestle.runner.worker;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Context;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Contexts;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCallHandler;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerInterceptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;

/** The workers that may call, told apart by a header of their calls. Any thread may call. */
final class WorkerRegistry implements ServerInterceptor {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("worker_id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> CALLER = Context.key("worker_id");
  private static final int SECRET_BYTES = 8;

  private final Map<String, WorkerConnection> workers = new ConcurrentHashMap<>();
  private final AtomicLong descriptors = new AtomicLong();
  private final String secret;

  WorkerRegistry() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    this.secret = HexFormat.of().formatHex(bytes);
  }

  /** An id that nobody guesses: descriptors are given to whoever names one. */
  String nextDescriptorId() {
    return secret + "-" + descriptors.incrementAndGet();
  }

  /**
   * @throws IllegalArgumentException if there is one of that id
   */
  void add(WorkerConnection worker) {
    if (workers.putIfAbsent(worker.id(), worker) != null) {
      throw new IllegalArgumentException("There is a worker " + worker.id());
    }
  }

  void remove(WorkerConnection worker) {
    workers.remove(worker.id(), worker);
  }

  List<WorkerConnection> workers() {
    return new ArrayList<>(workers.values());
  }

  /** Who calls the service whose method the current thread is in; empty if it is not expected. */
  Optional<WorkerConnection> caller() {
    String id = CALLER.get();
    return id == null ? Optional.empty() : Optional.ofNullable(workers.get(id));
  }

  /** What {@link #caller} has not been answered with. */
  static Status unknownCaller() {
    String id = CALLER.get();
    return Status.PERMISSION_DENIED.withDescription(
        id == null ? "The header worker_id is missing" : "No worker " + id + " is expected");
  }

  /** A descriptor of any worker. */
  Optional<ProcessBundleDescriptor> descriptor(String id) {
    return workers.values().stream()
        .map(worker -> worker.descriptor(id))
        .filter(Objects::nonNull)
        .findFirst();
  }

  @Override
  public <I, O> ServerCall.Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    String id = headers.get(HEADER);
    return id == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Context.current().withValue(CALLER, id), call, headers, next);
  }
}
