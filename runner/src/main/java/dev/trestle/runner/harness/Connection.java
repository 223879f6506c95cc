package dev.trestle.runner.harness;

import dev.trestle.runner.worker.SdkWorker;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;

/**
 * One task's worker.
 *
 * @param descriptor what the worker calls that which it is to run
 * @param inbox takes what comes back
 */
record Connection(SdkWorker worker, String descriptor, Inbox inbox) {

  /**
   * Begins a bundle.
   *
   * @param hold a lower bound of what the bundle puts out, in milliseconds
   */
  RemoteBundle begin(List<CacheToken> tokens, long hold) {
    return RemoteBundle.begin(worker, descriptor, tokens, inbox, hold);
  }
}
