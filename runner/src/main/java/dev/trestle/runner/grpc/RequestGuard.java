package dev.trestle.runner.grpc;

import java.io.IOException;
import java.io.InputStream;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCallHandler;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerInterceptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerInterceptors;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerServiceDefinition;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says clearly what is wrong with a request that cannot be read, where gRPC would reset the stream
 * or speak of an application error. For the service that is the end of the call, as if the client
 * had gone. Sees requests as bytes.
 */
public final class RequestGuard implements ServerInterceptor {

  private static final Logger LOG = LoggerFactory.getLogger(RequestGuard.class);

  private final int mostBytes;
  private final String limit;

  private RequestGuard(int mostBytes, String limit) {
    this.mostBytes = mostBytes;
    this.limit = limit;
  }

  /**
   * A service that is guarded.
   *
   * @param mostBytes of a message
   * @param limit what sets that limit, for the user
   */
  public static ServerServiceDefinition guard(
      ServerServiceDefinition service, int mostBytes, String limit) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useInputStreamMessages(service), new RequestGuard(mostBytes, limit));
  }

  @Override
  public <RequestT, ResponseT> ServerCall.Listener<RequestT> interceptCall(
      ServerCall<RequestT, ResponseT> call,
      Metadata headers,
      ServerCallHandler<RequestT, ResponseT> next) {
    return new Listener<>(call, next.startCall(call, headers));
  }

  /** Of one call; gRPC calls from one thread at a time. */
  private final class Listener<RequestT> extends SimpleForwardingServerCallListener<RequestT> {

    private final ServerCall<RequestT, ?> call;
    private boolean refused;

    Listener(ServerCall<RequestT, ?> call, ServerCall.Listener<RequestT> next) {
      super(next);
      this.call = call;
    }

    @Override
    public void onMessage(RequestT message) {
      if (refused) {
        return;
      }
      try {
        int bytes = message instanceof InputStream stream ? stream.available() : 0;
        if (bytes > mostBytes) {
          refuse(
              Status.RESOURCE_EXHAUSTED.withDescription(
                  "A message of "
                      + bytes
                      + " bytes: the server takes at most "
                      + mostBytes
                      + " ("
                      + limit
                      + ")"));
        } else {
          super.onMessage(message);
        }
      } catch (StatusRuntimeException e) {
        refuse(told(e));
      } catch (IOException | RuntimeException e) {
        LOG.warn("A request of {} cannot be read", call.getMethodDescriptor(), e);
        refuse(Status.INTERNAL.withDescription("The request cannot be read: " + e.getMessage()));
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }

    @Override
    public void onReady() {
      if (!refused) {
        super.onReady();
      }
    }

    @Override
    public void onCancel() {
      if (!refused) {
        super.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (!refused) {
        super.onComplete();
      }
    }

    private void refuse(Status status) {
      refused = true;
      super.onCancel(); // it may hold something for the rest of the call
      call.close(status, new Metadata());
    }
  }

  /** gRPC calls damaged bytes an internal error, but they are the client's. */
  private static Status told(StatusRuntimeException failure) {
    return failure.getStatus().getCode() == Status.Code.INTERNAL
        ? Status.INVALID_ARGUMENT.withDescription(
            "The request is not a message of this API: " + failure.getStatus().getDescription())
        : failure.getStatus();
  }
}
