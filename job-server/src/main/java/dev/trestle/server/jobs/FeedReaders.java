package dev.trestle.server.jobs;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Those who wait for more of a feed. Any thread may call. */
final class FeedReaders {

  /** By identity: one reader may wait twice. */
  private record Reader(Runnable wake) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();

  Runnable add(Runnable wake) {
    Reader reader = new Reader(wake);
    readers.add(reader);
    return () -> readers.remove(reader);
  }

  void wake() {
    readers.forEach(reader -> reader.wake().run());
  }
}
