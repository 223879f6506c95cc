package dev.trestle.runner.remote;

import dev.trestle.runner.engine.JobRefusal;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;

/** What a server's status means for whoever has asked for something. */
final class Refusals {

  private Refusals() {}

  /** A {@link JobRefusal} where the server has refused it, or else an {@code IOException}. */
  static Exception of(Throwable failure) {
    Throwable cause = failure.getCause();
    if (failure instanceof CompletionException && cause != null) {
      return of(cause);
    }
    if (failure instanceof StatusRuntimeException answer) {
      Status status = answer.getStatus();
      String text = String.valueOf(status.getDescription());
      return switch (status.getCode()) {
        case FAILED_PRECONDITION,
            NOT_FOUND,
            RESOURCE_EXHAUSTED,
            INVALID_ARGUMENT,
            UNAUTHENTICATED ->
            new JobRefusal(text);
        default ->
            new IOException("The job server answers " + status.getCode() + ": " + text, answer);
      };
    }
    return new IOException(failure);
  }
}
