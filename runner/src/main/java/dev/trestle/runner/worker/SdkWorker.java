package dev.trestle.runner.worker;

import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;

/** A worker that is connected, or was. Any thread may call; no call blocks. */
public interface SdkWorker {

  /** By which it is known, also in its log. */
  String id();

  /**
   * Makes a descriptor known to the worker.
   *
   * @param template without id and endpoints; equal templates are registered once
   * @return the id for {@link #begin}
   * @throws IllegalArgumentException if a payload in it cannot be read
   */
  String register(ProcessBundleDescriptor template);

  /**
   * Begins a bundle. A worker that is gone fails it: the listener is told, whenever that is, even
   * before this returns.
   *
   * @param descriptor what {@link #register} has answered
   * @param tokens for the worker's state cache, may be empty
   * @throws IllegalArgumentException if it has not answered that
   */
  WorkerBundle begin(String descriptor, List<CacheToken> tokens, BundleListener listener);
}
