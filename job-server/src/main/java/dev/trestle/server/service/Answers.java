package dev.trestle.server.service;

import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.server.artifacts.ArtifactException;
import dev.trestle.server.jobs.NoSuchJobException;
import dev.trestle.server.jobs.TooManyJobsException;
import dev.trestle.translation.validate.UnsupportedPipelineException;
import java.io.FileNotFoundException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCallStreamObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers calls, and says with a clear status why one cannot be answered. */
final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  /** Some clients take no more than 8 KiB of headers. */
  private static final int MOST_TEXT = 4000;

  private Answers() {}

  static <T> void answer(StreamObserver<T> client, Callable<T> call) {
    T answer;
    try {
      answer = call.call();
    } catch (Exception e) {
      client.onError(status(e));
      return;
    }
    client.onNext(answer);
    client.onCompleted();
  }

  /** Answers when there is an answer. A client that has gone meanwhile is not told. */
  static <T> void answerLater(StreamObserver<T> client, Supplier<CompletionStage<T>> call) {
    ((ServerCallStreamObserver<T>) client).setOnCancelHandler(() -> LOG.debug("Nobody waits"));
    CompletionStage<T> stage;
    try {
      stage = call.get();
    } catch (RuntimeException e) {
      client.onError(status(e));
      return;
    }
    stage.whenComplete(
        (answer, failure) -> {
          if (failure == null) {
            client.onNext(answer);
            client.onCompleted();
          } else {
            client.onError(status(failure));
          }
        });
  }

  static StatusRuntimeException status(Throwable failure) {
    Throwable cause = failure.getCause();
    if (failure instanceof CompletionException && cause != null) {
      return status(cause);
    }
    if (failure instanceof StatusRuntimeException status) {
      return status;
    }
    if (failure instanceof NoSuchJobException || failure instanceof FileNotFoundException) {
      return with(Status.NOT_FOUND, failure);
    }
    if (failure instanceof JobRefusal) {
      return with(Status.FAILED_PRECONDITION, failure);
    }
    if (failure instanceof TooManyJobsException) {
      return with(Status.RESOURCE_EXHAUSTED, failure);
    }
    if (failure instanceof IllegalArgumentException
        || failure instanceof UnsupportedPipelineException
        || failure instanceof ArtifactException) {
      return with(Status.INVALID_ARGUMENT, failure);
    }
    LOG.warn("A call has failed", failure);
    return with(Status.INTERNAL, failure);
  }

  private static StatusRuntimeException with(Status status, Throwable failure) {
    String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return status
        .withDescription(text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "..." : text)
        .asRuntimeException();
  }
}
