package dev.trestle.runner.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.FinalizeBundleRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.util.concurrent.MoreExecutors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bundle at a worker behind gRPC. A bundle is done when three things have come, in any order: the
 * response, the end of each output, and an answer to each split. The worker sends them on streams
 * of their own, and they overtake each other.
 *
 * <p>The lock guards how far the bundle is; no listener is called with it. What a listener is to be
 * told goes through {@link #events}, which has one at a time told, in order, by whoever came first.
 */
final class GrpcBundle implements WorkerBundle {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcBundle.class);

  private final String id;
  private final RegisteredDescriptor descriptor;
  private final WorkerChannels channels;
  private final BundleListener listener;
  private final Executor events =
      MoreExecutors.newSequentialExecutor(MoreExecutors.directExecutor());
  private final Set<String> stateRequests = ConcurrentHashMap.newKeySet();

  @GuardedBy("this")
  private final Set<Port> openOutputs;

  @GuardedBy("this")
  private @Nullable ProcessBundleResponse response;

  @GuardedBy("this")
  private int openSplits;

  /** Whether it is done, failed or abandoned. */
  @GuardedBy("this")
  private boolean ended;

  private volatile boolean failed;
  private volatile boolean abandoned;

  /** Only the thread that sends uses it. */
  private boolean inputEnded;

  /** Whether the listener has been told the last. Only within {@link #events}. */
  private boolean told;

  GrpcBundle(
      String id,
      RegisteredDescriptor descriptor,
      WorkerChannels channels,
      BundleListener listener) {
    this.id = id;
    this.descriptor = descriptor;
    this.channels = channels;
    this.listener = listener;
    this.openOutputs = new HashSet<>(descriptor.outputs());
  }

  /** That of the instruction. */
  String id() {
    return id;
  }

  /** Whether the worker has no use for input any more. */
  boolean hasFailed() {
    return failed;
  }

  // ---- From the stage --------------------------------------------------------------------------

  @Override
  public void send(String port, ByteString elements) {
    send(Port.ofElements(port), elements, false);
  }

  @Override
  public void sendTimers(String transform, String family, ByteString timers) {
    send(new Port(transform, family), timers, false);
  }

  private void send(Port port, ByteString bytes, boolean last) {
    if (!failed && !inputEnded) {
      channels.data().send(this, port, bytes, last);
    }
  }

  @Override
  public void endOfInput() {
    descriptor.inputs().forEach(port -> send(port, ByteString.EMPTY, true));
    inputEnded = true;
  }

  @Override
  public void answer(StateResponse.Builder answer) {
    if (stateRequests.remove(answer.getId())) {
      channels.state().answer(answer.build());
    }
  }

  @Override
  public void requestProgress() {
    channels
        .control()
        .request(
            channels.control().nextId(),
            InstructionRequest.newBuilder()
                .setProcessBundleProgress(
                    ProcessBundleProgressRequest.newBuilder().setInstructionId(id)),
            answer -> {
              logIfRefused("progress", answer);
              tell(() -> listener.progress(answer.getProcessBundleProgress()));
            });
  }

  @Override
  public void requestSplit(String port, DesiredSplit split) {
    synchronized (this) {
      if (ended) {
        return;
      }
      openSplits++;
    }
    channels
        .control()
        .request(
            channels.control().nextId(),
            InstructionRequest.newBuilder()
                .setProcessBundleSplit(
                    ProcessBundleSplitRequest.newBuilder()
                        .setInstructionId(id)
                        .putDesiredSplits(port, split)),
            this::splitAnswered);
  }

  @Override
  public void finalizeBundle() {
    channels.finalizations().begun();
    channels
        .control()
        .request(
            channels.control().nextId(),
            InstructionRequest.newBuilder()
                .setFinalizeBundle(FinalizeBundleRequest.newBuilder().setInstructionId(id)),
            answer -> {
              channels.finalizations().ended();
              if (!answer.getError().isEmpty()) {
                LOG.warn("The finalization of a bundle has failed: {}", answer.getError());
              }
            });
  }

  @Override
  public void abandon() {
    abandoned = true;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    channels.forget(this);
    for (String request : List.copyOf(stateRequests)) {
      if (stateRequests.remove(request)) {
        channels.state().refuse(request, "The bundle has been given up");
      }
    }
    endOfInput();
  }

  // ---- From the worker -------------------------------------------------------------------------

  void received(Elements.Data data) {
    received(
        Port.ofElements(data.getTransformId()),
        data.getIsLast(),
        data.getData(),
        () -> listener.elements(data.getTransformId(), data.getData()));
  }

  void received(Elements.Timers timers) {
    received(
        new Port(timers.getTransformId(), timers.getTimerFamilyId()),
        timers.getIsLast(),
        timers.getTimers(),
        () ->
            listener.timers(
                timers.getTransformId(), timers.getTimerFamilyId(), timers.getTimers()));
  }

  private void received(Port port, boolean last, ByteString bytes, Runnable delivery) {
    boolean open;
    synchronized (this) {
      open = openOutputs.contains(port);
    }
    if (!open) {
      failed(
          new WorkerException(
              "The SDK worker sends something through "
                  + port
                  + (descriptor.outputs().contains(port)
                      ? ", which it has ended"
                      : ", which is no output of the bundle")));
      return;
    }
    if (!bytes.isEmpty()) {
      tell(delivery);
    }
    if (last) {
      synchronized (this) {
        openOutputs.remove(port);
      }
      endIfComplete();
    }
  }

  void stateRequested(StateRequest request) {
    stateRequests.add(request.getId());
    if (abandoned && stateRequests.remove(request.getId())) {
      channels.state().refuse(request.getId(), "The bundle has been given up");
    } else {
      tell(() -> listener.stateRequested(request));
    }
  }

  /** The worker says that it has processed the bundle, or that it could not. */
  void responded(InstructionResponse answer) {
    if (!answer.getError().isEmpty()) {
      failed(new WorkerException(answer.getError()));
    } else if (!answer.hasProcessBundle()) {
      failed(
          new WorkerException("The SDK worker answers a bundle with " + answer.getResponseCase()));
    } else {
      ProcessBundleResponse processed = answer.getProcessBundle();
      processed.getElements().getDataList().forEach(this::received);
      processed.getElements().getTimersList().forEach(this::received);
      synchronized (this) {
        response = processed.toBuilder().clearElements().build();
      }
      endIfComplete();
    }
  }

  private void splitAnswered(InstructionResponse answer) {
    logIfRefused("a split", answer);
    tell(() -> listener.split(answer.getProcessBundleSplit()));
    synchronized (this) {
      openSplits--;
    }
    endIfComplete();
  }

  private void endIfComplete() {
    ProcessBundleResponse complete;
    synchronized (this) {
      complete = response;
      if (ended || complete == null || openSplits > 0 || !openOutputs.isEmpty()) {
        return;
      }
      ended = true;
    }
    channels.forget(this);
    tellLast(() -> listener.done(complete));
  }

  /** The bundle has failed, if it has not ended before. */
  void failed(WorkerException cause) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    failed = true;
    channels.forget(this);
    tellLast(() -> listener.failed(cause));
  }

  private void logIfRefused(String what, InstructionResponse answer) {
    if (!answer.getError().isEmpty()) {
      LOG.debug("No answer to {} of bundle {}: {}", what, id, answer.getError());
    }
  }

  // ---- To the listener -------------------------------------------------------------------------

  private void tell(Runnable event) {
    events.execute(
        () -> {
          if (told || abandoned) {
            return;
          }
          try {
            event.run();
          } catch (RuntimeException e) {
            LOG.error("What bundle {} has brought could not be taken in", id, e);
            failed(new WorkerException("What the bundle has brought could not be taken in", e));
          }
        });
  }

  private void tellLast(Runnable event) {
    tell(
        () -> {
          told = true;
          event.run();
        });
  }
}
