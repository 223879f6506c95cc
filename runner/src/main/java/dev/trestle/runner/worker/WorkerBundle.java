package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest.DesiredSplit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * A bundle that is at a worker. One thread at a time calls; none of the calls blocks. After a
 * failure they do nothing.
 *
 * <p>What a worker does not take in yet waits in memory, without a limit: who sends bounds how much
 * is in its bundles, and how many of them are out.
 */
public interface WorkerBundle {

  /**
   * Sends encoded elements through an input port of the descriptor.
   *
   * @param elements whole ones; about a megabyte at once is good, and more than 3 MiB only if a
   *     single element is as large: there are SDKs that accept no message beyond 4 MiB
   */
  void send(String port, ByteString elements);

  /** Sends encoded timers that fire, whole ones; sizes are as for elements. */
  void sendTimers(String transform, String family, ByteString timers);

  /** Says that nothing more will be sent; the bundle ends when the worker has processed it all. */
  void endOfInput();

  /**
   * Answers a request that {@link BundleListener#stateRequested} has brought.
   *
   * @param response with the id of the request; at most 3 MiB, as for elements
   */
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

  /**
   * Gives the bundle up: the worker is told that its input has ended, and is refused all state that
   * it asks for. Its listener hears nothing more, but for a call that is under way.
   */
  void abandon();
}
