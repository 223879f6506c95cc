package dev.trestle.runner.harness;

import dev.trestle.runner.worker.BundleListener;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.runner.worker.WorkerException;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A bundle that is at a worker. As a listener it leaves what it hears in the inbox, on whatever
 * thread; the rest belongs to the task's owner.
 */
final class RemoteBundle implements BundleListener {

  private final Inbox inbox;
  private final long hold;
  private final long begun = System.nanoTime();
  private @Nullable WorkerBundle worker;
  private int elements;
  private long bytes;
  private boolean asked;

  private RemoteBundle(Inbox inbox, long hold) {
    this.inbox = inbox;
    this.hold = hold;
  }

  /**
   * Begins a bundle.
   *
   * @param descriptor what the worker calls that which is to be run
   * @param tokens for the worker's cache of state
   * @param hold a lower bound of what the bundle puts out, in milliseconds
   */
  static RemoteBundle begin(
      SdkWorker worker, String descriptor, List<CacheToken> tokens, Inbox inbox, long hold) {
    RemoteBundle bundle = new RemoteBundle(inbox, hold);
    bundle.worker = worker.begin(descriptor, tokens, bundle);
    return bundle;
  }

  WorkerBundle worker() {
    if (worker == null) {
      throw new IllegalStateException("The bundle has not begun");
    }
    return worker;
  }

  long hold() {
    return hold;
  }

  /** When it was begun, by {@code System.nanoTime}. */
  long begun() {
    return begun;
  }

  /** Sends some elements through an input port. */
  void send(String port, ByteString encoded, int count) {
    worker().send(port, encoded);
    elements += count;
    bytes += encoded.size();
  }

  /** Asks how far it is, unless that has been asked and not been answered. */
  void askForProgress() {
    if (!asked) {
      asked = true;
      worker().requestProgress();
    }
  }

  /** Says that an answer has been taken up. */
  void progressTold() {
    asked = false;
  }

  /** How many elements have been sent. */
  int elements() {
    return elements;
  }

  /** How many bytes of elements have been sent. */
  long bytes() {
    return bytes;
  }

  @Override
  public void elements(String port, ByteString encoded) {
    inbox.put(new Arrival.Elements(this, port, encoded));
  }

  @Override
  public void timers(String transform, String family, ByteString timers) {
    inbox.put(new Arrival.Timers(this, transform, family, timers));
  }

  @Override
  public void stateRequested(StateRequest request) {
    inbox.put(new Inbox.Question(this, request));
  }

  @Override
  public void split(ProcessBundleSplitResponse response) {
    inbox.put(new Arrival.Split(this, response));
  }

  @Override
  public void progress(ProcessBundleProgressResponse response) {
    inbox.put(new Arrival.Progress(this, response));
  }

  @Override
  public void done(ProcessBundleResponse response) {
    inbox.put(new Arrival.Done(this, response));
  }

  @Override
  public void failed(WorkerException cause) {
    inbox.fail(cause);
  }
}
