package dev.trestle.runner.worker;

import static dev.trestle.runner.worker.Descriptors.INPUT;
import static dev.trestle.runner.worker.Descriptors.OUTPUT;
import static dev.trestle.runner.worker.FakeWorker.elements;
import static dev.trestle.runner.worker.RecordedBundle.PATIENCE_SECONDS;
import static dev.trestle.runner.worker.RecordedBundle.take;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogControl;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnLoggingGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

/** A worker that is gone, and what it has logged. */
final class WorkerDeathTest extends WorkerTest {

  @Test
  void theRestOfTheLogIsAwaited() throws Exception {
    StreamObserver<LogEntry.List> logging =
        BeamFnLoggingGrpc.newStub(worker.channel())
            .logging(new FakeWorker.Inbox<LogEntry.List, LogControl>());
    logging.onNext(logged("first"));
    assertThat(take(log).getMessage(), is("first"));
    CompletableFuture<Boolean> awaited =
        CompletableFuture.supplyAsync(
            () -> {
              awaitLog(Duration.ofMinutes(1));
              return log.isEmpty();
            });

    connection.close();
    logging.onNext(logged("last"));
    logging.onCompleted();

    assertThat(awaited.get(1, TimeUnit.MINUTES), is(false));
    assertThat(take(log).getMessage(), is("last"));
  }

  @Test
  void aLogThatDoesNotEndIsNotAwaitedForEver() throws Exception {
    StreamObserver<LogEntry.List> logging =
        BeamFnLoggingGrpc.newStub(worker.channel())
            .logging(new FakeWorker.Inbox<LogEntry.List, LogControl>());
    logging.onNext(logged("first"));
    assertThat(take(log).getMessage(), is("first"));
    awaitLog(Duration.ofMillis(1));
    logging.onCompleted();
  }

  private void awaitLog(Duration patience) {
    try {
      connection.awaitLog(patience);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static LogEntry.List logged(String message) {
    return LogEntry.List.newBuilder()
        .addLogEntries(LogEntry.newBuilder().setMessage(message))
        .build();
  }

  @Test
  void deathFailsAllBundlesAtOnceWithTheEndOfTheLog() throws Exception {
    begin(Descriptors.withoutTimers());
    SdkWorker connected = connected();
    RecordedBundle other = new RecordedBundle();
    connected.begin(connected.register(Descriptors.withoutTimers()), List.of(), other);
    StreamObserver<LogEntry.List> logging =
        BeamFnLoggingGrpc.newStub(worker.channel())
            .logging(new FakeWorker.Inbox<LogEntry.List, LogControl>());
    logging.onNext(
        LogEntry.List.newBuilder()
            .addLogEntries(
                LogEntry.newBuilder().setMessage("out of memory").setTrace("at here\nat there"))
            .build());
    assertThat(take(log).getMessage(), is("out of memory"));
    worker.die();
    for (RecordedBundle failed : List.of(heard, other)) {
      String message = failed.awaitFailure();
      assertThat(message, containsString("The SDK worker worker-1 has gone"));
      assertThat(message, containsString("out of memory\nat here\nat there"));
    }
    assertThat(connection.gone(), is(not(nullValue())));
  }

  @Test
  void aWorkerThatSaysGoodbyeIsGoneAsWell() throws Exception {
    begin(Descriptors.withoutTimers());
    control.onCompleted();
    assertThat(heard.awaitFailure(), containsString("its control stream has ended"));
  }

  @Test
  void aWorkerWithoutDataStreamIsGone() throws Exception {
    begin(Descriptors.withoutTimers());
    data.onNext(elements(instruction, OUTPUT, "a", false));
    data.onError(new IOException("no more"));
    assertThat(heard.awaitFailure(), containsString("its data stream has broken"));
  }

  @Test
  void aWorkerThatDiesBeforeItConnectsIsNotWaitedFor() {
    connection.printed("python: command not found");
    connection.died("has exited with status 127");
    ExecutionException failure = assertThrows(ExecutionException.class, this::connected);
    assertThat(failure.getCause(), is(instanceOf(WorkerException.class)));
    assertThat(
        failure.getCause().getMessage(),
        is(
            "The SDK worker worker-1 has exited with status 127. The end of its log:\n"
                + "python: command not found"));
  }

  @Test
  void bundlesOfAWorkerThatIsGoneFail() throws Exception {
    worker.openControl();
    SdkWorker connected = connected();
    String descriptor = connected.register(Descriptors.withoutTimers());
    connection.died("has exited with status 1");
    RecordedBundle late = new RecordedBundle();
    WorkerBundle begun = connected.begin(descriptor, List.of(), late);
    assertThat(late.awaitFailure(), containsString("has exited with status 1"));
    begun.send(INPUT, ByteString.copyFromUtf8("a"));
    begun.endOfInput();
    begun.abandon();
    assertThat(late.events, contains("failed"));
  }

  @Test
  void aWorkerThatIsLetGoSeesItsStreamsEndInGoodOrder() throws Exception {
    begin(Descriptors.withoutTimers());
    worker.openState().onNext(stateRequest("r", "unknown"));
    worker.state.next();
    connection.close();
    worker.control.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    worker.data.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    worker.state.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(heard.awaitFailure(), containsString("has been let go"));
    try (FakeWorker again = new FakeWorker(server, ID)) {
      again.openControl();
      assertThat(codeOf(again.control.ended), is(Status.Code.PERMISSION_DENIED));
    }
  }
}
