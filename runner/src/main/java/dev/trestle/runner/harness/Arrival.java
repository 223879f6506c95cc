package dev.trestle.runner.harness;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** What has come back from a bundle and is taken up in the order in which it came. */
sealed interface Arrival {

  RemoteBundle bundle();

  /** Encoded elements of an output. */
  record Elements(RemoteBundle bundle, String port, ByteString bytes) implements Arrival {}

  /** Encoded timers, set or cleared. */
  record Timers(RemoteBundle bundle, String transform, String family, ByteString bytes)
      implements Arrival {}

  /** What the worker has given back. */
  record Split(RemoteBundle bundle, ProcessBundleSplitResponse response) implements Arrival {}

  /** How far the bundle is. */
  record Progress(RemoteBundle bundle, ProcessBundleProgressResponse response) implements Arrival {}

  /** The end of the bundle. */
  record Done(RemoteBundle bundle, ProcessBundleResponse response) implements Arrival {}
}
