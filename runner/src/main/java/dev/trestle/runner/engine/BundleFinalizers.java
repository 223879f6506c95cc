package dev.trestle.runner.engine;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callbacks for when a bundle's effects are durable: when a checkpoint has been committed whose
 * barrier came behind the bundle. A job without checkpoints has nothing more durable than a
 * finished bundle, so they run then. A callback that throws is logged: Beam promises no more than a
 * best effort. Belongs to the task's owner.
 */
final class BundleFinalizers implements BundleFinalizer {

  private static final Logger LOG = LoggerFactory.getLogger(BundleFinalizers.class);

  private record Registered(Instant expiry, Callback callback) {}

  /** Callbacks from before a barrier. */
  private record Sealed(long barrier, List<Registered> callbacks) {}

  private final boolean waitsForCommits;
  private final InstantSource clock;
  private final ArrayDeque<Sealed> sealed = new ArrayDeque<>();
  private List<Registered> registered = new ArrayList<>();

  /**
   * Nothing so far.
   *
   * @param clock the job's processing time, by which callbacks expire
   */
  BundleFinalizers(boolean waitsForCommits, InstantSource clock) {
    this.waitsForCommits = waitsForCommits;
    this.clock = clock;
  }

  @Override
  public void afterBundleCommit(Instant callbackExpiry, Callback callback) {
    registered.add(new Registered(callbackExpiry, callback));
  }

  /** Runs what was registered since the last bundle, if it is durable by that. */
  void bundleEnded() {
    if (!waitsForCommits && !registered.isEmpty()) {
      run(taken());
    }
  }

  /** Says that a barrier has come. */
  void barrierPassed(long barrier) {
    if (!registered.isEmpty()) {
      sealed.add(new Sealed(barrier, taken()));
    }
  }

  /** Says that the checkpoint of a barrier has been committed, and by that all before it. */
  void committed(long barrier) {
    while (!sealed.isEmpty() && sealed.getFirst().barrier <= barrier) {
      run(sealed.remove().callbacks);
    }
  }

  /** Says that the job has ended well: everything is durable. */
  void jobDone() {
    committed(Long.MAX_VALUE);
    run(taken());
  }

  private List<Registered> taken() {
    List<Registered> taken = registered;
    registered = new ArrayList<>();
    return taken;
  }

  private void run(List<Registered> due) {
    Instant now = Instant.ofEpochMilli(clock.millis());
    for (Registered each : due) {
      if (each.expiry().isAfter(now)) {
        try {
          each.callback().onBundleSuccess();
        } catch (Exception e) {
          LOG.warn("A bundle finalizer failed", e);
        }
      }
    }
  }
}
