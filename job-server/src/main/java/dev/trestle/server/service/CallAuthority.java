package dev.trestle.server.service;

import java.util.Optional;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Context;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Contexts;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCallHandler;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerInterceptor;

/**
 * By which host and port a client has reached the server: a client behind a forwarded port is told
 * to come back to that.
 */
final class CallAuthority implements ServerInterceptor {

  private static final Context.Key<String> AUTHORITY = Context.key("authority");

  /** That of the call that this thread answers. */
  static Optional<String> current() {
    return Optional.ofNullable(AUTHORITY.get()).filter(authority -> authority.contains(":"));
  }

  @Override
  public <RequestT, ResponseT> ServerCall.Listener<RequestT> interceptCall(
      ServerCall<RequestT, ResponseT> call,
      Metadata headers,
      ServerCallHandler<RequestT, ResponseT> next) {
    String authority = call.getAuthority();
    Context context =
        authority == null ? Context.current() : Context.current().withValue(AUTHORITY, authority);
    return Contexts.interceptCall(context, call, headers, next);
  }
}
