package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * A bundle that is at a worker. One thread at a time calls; none of the calls blocks. After a
 * failure they do nothing.
 */
public interface WorkerBundle {

  /** Sends encoded elements, whole ones, through an input port of the descriptor. */
  void send(String port, ByteString elements);

  /** Sends encoded timers that fire, whole ones. */
  void sendTimers(String transform, String family, ByteString timers);

  /** Says that nothing more will be sent; the bundle ends when the worker has processed it all. */
  void endOfInput();

  /** Answers a request that {@link BundleListener#stateRequested} has brought. */
  void answer(StateResponse.Builder response);

  /** Asks how far the bundle is: {@link BundleListener#progress}. */
  void requestProgress();

  /**
   * Asks for a part of the rest to be given back: {@link BundleListener#split}.
   *
   * @param port the input port
   */
  void requestSplit(String port, DesiredSplit split);

  /** Tells the worker that what a bundle that has ended did is durable. */
  void finalizeBundle();

  /** Gives the bundle up. Its listener hears nothing more; the worker may have to go. */
  void abandon();
}
