package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Is told what comes back from a bundle. The threads of the worker's connection call, one at a time
 * for one bundle; no call may block. {@link #done} or {@link #failed} is the last.
 */
public interface BundleListener {

  /** Encoded elements, whole ones, have come through an output port. */
  void elements(String port, ByteString elements);

  /** Encoded timers, whole ones, have been set or cleared. */
  void timers(String transform, String family, ByteString timers);

  /** The worker waits for an answer: {@link WorkerBundle#answer}. */
  void stateRequested(StateRequest request);

  /**
   * An answer to {@link WorkerBundle#requestSplit}; without anything in it if the worker has not
   * split. Each request is answered before the bundle is done.
   */
  void split(ProcessBundleSplitResponse response);

  /**
   * An answer to {@link WorkerBundle#requestProgress}; without anything in it if the worker cannot
   * tell. None comes if the bundle ends before.
   */
  void progress(ProcessBundleProgressResponse response);

  /** The bundle has been processed, and all its elements and timers have come. */
  void done(ProcessBundleResponse response);

  /** The bundle has failed, or its worker has gone. */
  void failed(WorkerException cause);
}
