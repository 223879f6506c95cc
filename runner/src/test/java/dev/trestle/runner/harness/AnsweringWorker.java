package dev.trestle.runner.harness;

import dev.trestle.runner.worker.BundleListener;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.translation.graph.HarnessSpec.Inquiry;
import java.io.IOException;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** A worker that is asked questions, and answers them at once. */
final class AnsweringWorker implements SdkWorkers, SdkWorker {

  private final Answers answers;
  private int registered;
  private boolean asks;
  private boolean abandoned;

  /** What it says to what. */
  interface Answers {
    ByteString answer(ByteString question) throws IOException, WorkerException;
  }

  AnsweringWorker(Answers answers) {
    this.answers = answers;
  }

  /** Calls of it by a transform "Asking". */
  InquiryCalls calls() {
    return new InquiryCalls(
        "Asking",
        new Inquiry(
            Environment.getDefaultInstance(),
            ProcessBundleDescriptor.getDefaultInstance(),
            "in",
            "out"),
        this,
        0);
  }

  /** From here on it asks for state in place of an answer. */
  void ask() {
    asks = true;
  }

  /** Whether any of its bundles has been given up. */
  boolean isAbandoned() {
    return abandoned;
  }

  /** How many descriptors it has got. */
  int registered() {
    return registered;
  }

  @Override
  public SdkWorker worker(Environment environment, int taskIndex) {
    return this;
  }

  @Override
  public void close() {}

  @Override
  public String id() {
    return "answering";
  }

  @Override
  public String register(ProcessBundleDescriptor template) {
    registered++;
    return "descriptor";
  }

  @Override
  public WorkerBundle begin(String descriptor, List<CacheToken> tokens, BundleListener listener) {
    return new Bundle(listener);
  }

  private final class Bundle implements WorkerBundle {

    private final BundleListener listener;
    private ByteString question = ByteString.EMPTY;

    Bundle(BundleListener listener) {
      this.listener = listener;
    }

    @Override
    public void send(String port, ByteString elements) {
      question = question.concat(elements);
    }

    @Override
    public void endOfInput() {
      if (asks) {
        listener.stateRequested(StateRequest.getDefaultInstance());
        return;
      }
      try {
        listener.elements("out", answers.answer(question));
        listener.done(ProcessBundleResponse.getDefaultInstance());
      } catch (WorkerException e) {
        listener.failed(e);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void sendTimers(String transform, String family, ByteString timers) {
      throw new AssertionError();
    }

    @Override
    public void answer(StateResponse.Builder response) {
      throw new AssertionError();
    }

    @Override
    public void requestProgress() {
      throw new AssertionError();
    }

    @Override
    public void requestSplit(String port, DesiredSplit split) {
      throw new AssertionError();
    }

    @Override
    public void finalizeBundle() {
      throw new AssertionError();
    }

    @Override
    public void abandon() {
      abandoned = true;
    }
  }
}
