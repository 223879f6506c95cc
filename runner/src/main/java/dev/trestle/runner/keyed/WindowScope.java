package dev.trestle.runner.keyed;

import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A window as state and timers see it.
 *
 * @param expiry when the window's elements are too late: its end and the allowed lateness, at most
 *     the end of the global window
 */
public record WindowScope(BoundedWindow window, StateNamespace namespace, Instant expiry) {

  /** The scopes of recent windows, so that elements of a window share one. Not thread safe. */
  public static final class Cache {

    /** A power of two. */
    private static final int SIZE = 64;

    private final Coder<BoundedWindow> windowCoder;
    private final Duration allowedLateness;
    private final @Nullable WindowScope[] scopes = new @Nullable WindowScope[SIZE];

    public Cache(Coder<BoundedWindow> windowCoder, Duration allowedLateness) {
      this.windowCoder = windowCoder;
      this.allowedLateness = allowedLateness;
    }

    /** The scope of a window. */
    public WindowScope of(BoundedWindow window) {
      int hash = window.hashCode();
      int slot = (hash ^ hash >>> 6 ^ hash >>> 16) & (SIZE - 1);
      WindowScope scope = scopes[slot];
      if (scope == null || !scope.window.equals(window)) {
        scope =
            new WindowScope(
                window,
                StateNamespaces.window(windowCoder, window),
                LateDataUtils.garbageCollectionTime(window, allowedLateness));
        scopes[slot] = scope;
      }
      return scope;
    }
  }
}
