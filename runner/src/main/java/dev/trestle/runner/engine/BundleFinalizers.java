package dev.trestle.runner.engine;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callbacks for when a bundle's effects are durable. A job without durable checkpoints has nothing
 * more durable than a finished bundle, so they run then. A callback that throws is logged: Beam
 * promises no more than a best effort. Belongs to the task's owner.
 */
final class BundleFinalizers implements BundleFinalizer {

  private static final Logger LOG = LoggerFactory.getLogger(BundleFinalizers.class);

  private record Registered(Instant expiry, Callback callback) {}

  private List<Registered> registered = new ArrayList<>();

  @Override
  public void afterBundleCommit(Instant callbackExpiry, Callback callback) {
    registered.add(new Registered(callbackExpiry, callback));
  }

  /** Runs what was registered since the last bundle, unless it has expired. */
  void bundleEnded() {
    if (registered.isEmpty()) {
      return;
    }
    List<Registered> due = registered;
    registered = new ArrayList<>();
    Instant now = Instant.now();
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
