package dev.trestle.runner.harness;

import dev.trestle.runner.worker.BundleListener;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.translation.graph.HarnessSpec.Inquiry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Asks a worker what only its SDK knows, in a bundle of its own, and waits for the answer. Belongs
 * to a task's owner, whom the scheduler replaces while it waits, as it does for a fn that blocks.
 */
final class InquiryCalls {

  private final String transform;
  private final Inquiry inquiry;
  private final SdkWorkers workers;
  private final int taskIndex;
  private @Nullable SdkWorker worker;
  private String descriptor = "";

  /**
   * Calls.
   *
   * @param transform on whose behalf, for errors
   * @param taskIndex of the task that asks
   */
  InquiryCalls(String transform, Inquiry inquiry, SdkWorkers workers, int taskIndex) {
    this.transform = transform;
    this.inquiry = inquiry;
    this.workers = workers;
    this.taskIndex = taskIndex;
  }

  String transform() {
    return transform;
  }

  /**
   * All that comes back for elements.
   *
   * @throws HarnessException if the worker does not answer
   */
  ByteString ask(ByteString elements) {
    try {
      Answer answer = new Answer();
      WorkerBundle bundle = connected().begin(descriptor, List.of(), answer);
      boolean answered = false;
      try {
        bundle.send(inquiry.inputPort(), elements);
        bundle.endOfInput();
        ByteString all = answer.await();
        answered = true;
        return all;
      } finally {
        if (!answered) {
          bundle.abandon();
        }
      }
    } catch (WorkerException e) {
      throw new HarnessException(transform, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException(transform, "has been interrupted while it asked its worker");
    }
  }

  private SdkWorker connected() throws WorkerException, InterruptedException {
    SdkWorker known = worker;
    if (known == null) {
      known = workers.worker(inquiry.environment(), taskIndex);
      descriptor = known.register(inquiry.descriptor());
      worker = known;
    }
    return known;
  }

  /** What comes back. The threads of the worker's connection call, one at a time. */
  private static final class Answer implements BundleListener {

    private final CompletableFuture<ByteString> all = new CompletableFuture<>();
    private ByteString received = ByteString.EMPTY;

    ByteString await() throws InterruptedException, WorkerException {
      try {
        return all.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof WorkerException failure) {
          throw failure;
        }
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void elements(String port, ByteString elements) {
      received = received.concat(elements);
    }

    @Override
    public void done(ProcessBundleResponse response) {
      all.complete(received);
    }

    @Override
    public void failed(WorkerException cause) {
      all.completeExceptionally(cause);
    }

    /** There is nothing to ask for. */
    @Override
    public void stateRequested(StateRequest request) {
      all.completeExceptionally(
          new WorkerException("The worker asks for state while it answers a question"));
    }

    /** There are none. */
    @Override
    public void timers(String timed, String family, ByteString timers) {}

    /** Nobody has asked for it. */
    @Override
    public void split(ProcessBundleSplitResponse response) {}

    /** Nobody has asked for it. */
    @Override
    public void progress(ProcessBundleProgressResponse response) {}
  }
}
