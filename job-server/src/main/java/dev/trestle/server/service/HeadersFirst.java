package dev.trestle.server.service;

import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCallHandler;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerInterceptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;

/**
 * Sends headers before the status of a call that ends well without a message. gRPC needs none then,
 * but the TypeScript SDK's client waits for them for ever.
 */
final class HeadersFirst implements ServerInterceptor {

  @Override
  public <RequestT, ResponseT> ServerCall.Listener<RequestT> interceptCall(
      ServerCall<RequestT, ResponseT> call,
      Metadata headers,
      ServerCallHandler<RequestT, ResponseT> next) {
    return next.startCall(new Call<>(call), headers);
  }

  private static final class Call<RequestT, ResponseT>
      extends SimpleForwardingServerCall<RequestT, ResponseT> {

    private boolean sent;

    Call(ServerCall<RequestT, ResponseT> call) {
      super(call);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      sent = true;
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (status.isOk() && !sent) {
        sendHeaders(new Metadata());
      }
      super.close(status, trailers);
    }
  }
}
