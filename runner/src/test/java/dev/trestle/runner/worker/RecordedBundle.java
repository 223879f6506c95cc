package dev.trestle.runner.worker;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.instanceOf;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** A listener that remembers what it is told. */
public class RecordedBundle implements BundleListener {

  /** Longer than anything takes, even on a machine that does much else. */
  public static final int PATIENCE_SECONDS = 60;

  /** What has come, in order: "elements", "split", "done" and so on. */
  public final List<String> events = new CopyOnWriteArrayList<>();

  public final List<ByteString> elements = new CopyOnWriteArrayList<>();
  public final List<ByteString> timers = new CopyOnWriteArrayList<>();
  public final BlockingQueue<StateRequest> stateRequests = new LinkedBlockingQueue<>();
  public final BlockingQueue<ProcessBundleSplitResponse> splits = new LinkedBlockingQueue<>();
  public final BlockingQueue<ProcessBundleProgressResponse> progress = new LinkedBlockingQueue<>();
  private final CompletableFuture<ProcessBundleResponse> end = new CompletableFuture<>();

  @Override
  public void elements(String port, ByteString bytes) {
    events.add("elements");
    elements.add(bytes);
  }

  @Override
  public void timers(String transform, String family, ByteString bytes) {
    events.add("timers");
    timers.add(bytes);
  }

  @Override
  public void stateRequested(StateRequest request) {
    events.add("state");
    stateRequests.add(request);
  }

  @Override
  public void split(ProcessBundleSplitResponse response) {
    events.add("split");
    splits.add(response);
  }

  @Override
  public void progress(ProcessBundleProgressResponse response) {
    events.add("progress");
    progress.add(response);
  }

  @Override
  public void done(ProcessBundleResponse response) {
    events.add("done");
    end.complete(response);
  }

  @Override
  public void failed(WorkerException cause) {
    events.add("failed");
    end.completeExceptionally(cause);
  }

  public boolean hasEnded() {
    return end.isDone();
  }

  /** Waits until it is done, or has failed. */
  public void awaitEnd() throws InterruptedException, TimeoutException {
    try {
      end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e.getCause(), instanceOf(WorkerException.class));
    }
  }

  public ProcessBundleResponse awaitDone() throws Exception {
    return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The message of the failure. */
  public String awaitFailure() throws InterruptedException, TimeoutException {
    try {
      end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e.getCause(), instanceOf(WorkerException.class));
      return e.getCause().getMessage();
    }
    throw new AssertionError("The bundle is done");
  }

  public static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T taken = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (taken == null) {
      throw new AssertionError("Nothing has come");
    }
    return taken;
  }
}
