package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.worker.BundleListener;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.translation.graph.HarnessSpec.Merging;
import dev.trestle.translation.wire.OpaqueWindowFn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Asks a worker which windows merge, in a bundle of one element, and waits for the answer: a
 * grouping has to know it before it takes the next element of the key. Belongs to a task's owner,
 * whom the scheduler replaces while it waits, as it does for a fn that blocks.
 */
final class MergeCalls implements OpaqueWindowFn.Merger {

  private static final byte[] NONCE = new byte[0];

  private final String transform;
  private final Merging merging;
  private final SdkWorkers workers;
  private final int taskIndex;
  private final Coder<WindowedValue<KV<byte[], Iterable<BoundedWindow>>>> questions;
  private final Coder<
          WindowedValue<
              KV<
                  byte[],
                  KV<
                      Iterable<BoundedWindow>,
                      Iterable<KV<BoundedWindow, Iterable<BoundedWindow>>>>>>>
      answers;
  private @Nullable SdkWorker worker;
  private String descriptor = "";

  MergeCalls(
      String transform,
      Merging merging,
      OpaqueWindowFn windowFn,
      SdkWorkers workers,
      int taskIndex) {
    this.transform = transform;
    this.merging = merging;
    this.workers = workers;
    this.taskIndex = taskIndex;
    Coder<BoundedWindow> window = windowFn.windowCoder();
    Coder<Iterable<BoundedWindow>> windows = IterableCoder.of(window);
    questions = global(KvCoder.of(ByteArrayCoder.of(), windows));
    answers =
        global(
            KvCoder.of(
                ByteArrayCoder.of(),
                KvCoder.of(windows, IterableCoder.of(KvCoder.of(window, windows)))));
  }

  private static <T> Coder<WindowedValue<T>> global(Coder<T> coder) {
    return WindowedValues.getFullCoder(coder, GlobalWindow.Coder.INSTANCE);
  }

  @Override
  public Map<BoundedWindow, List<BoundedWindow>> merge(Collection<BoundedWindow> windows) {
    try {
      ByteSink question = new ByteSink();
      questions.encode(
          WindowedValues.valueInGlobalWindow(KV.of(NONCE, List.copyOf(windows))), question);
      return read(ask(ByteString.copyFrom(question.array(), 0, question.size())));
    } catch (IOException | WorkerException e) {
      throw new HarnessException(transform, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException(transform, "has been interrupted while its windows were merged");
    }
  }

  private ByteString ask(ByteString question) throws WorkerException, InterruptedException {
    Answer answer = new Answer();
    WorkerBundle bundle = connected().begin(descriptor, List.of(), answer);
    boolean answered = false;
    try {
      bundle.send(merging.inputPort(), question);
      bundle.endOfInput();
      ByteString all = answer.await();
      answered = true;
      return all;
    } finally {
      if (!answered) {
        bundle.abandon();
      }
    }
  }

  private SdkWorker connected() throws WorkerException, InterruptedException {
    SdkWorker known = worker;
    if (known == null) {
      known = workers.worker(merging.environment(), taskIndex);
      descriptor = known.register(merging.descriptor());
      worker = known;
    }
    return known;
  }

  private Map<BoundedWindow, List<BoundedWindow>> read(ByteString bytes) throws IOException {
    byte[] array = bytes.toByteArray();
    ByteSource from = new ByteSource(array, 0, array.length);
    Map<BoundedWindow, List<BoundedWindow>> merges = new LinkedHashMap<>();
    while (from.available() > 0) {
      for (KV<BoundedWindow, Iterable<BoundedWindow>> merge :
          answers.decode(from).getValue().getValue().getValue()) {
        List<BoundedWindow> originals = new ArrayList<>();
        merge.getValue().forEach(originals::add);
        merges.put(merge.getKey(), originals);
      }
    }
    return merges;
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
          new WorkerException("The worker asks for state while it merges windows"));
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
