package dev.trestle.server.jobs;

import java.util.List;

/**
 * A sequence that grows until it ends, for any number of readers, each at a position of its own.
 * What it holds it holds once, however slow its readers are. Any thread may call.
 */
public interface Feed<T> {

  /**
   * What a reader finds.
   *
   * @param items in their order; none if there is nothing yet
   * @param next where the reader goes on
   * @param ended whether nothing comes after these
   */
  record Part<T>(List<T> items, long next, boolean ended) {}

  /**
   * Reads on, some items at a time. What has been forgotten meanwhile is passed over.
   *
   * @param position 0 at first, then where the last part ended
   */
  Part<T> read(long position);

  /**
   * Wakes a reader whenever there is more to read, or the feed has ended. What is run must be quick
   * and must not read here.
   *
   * @return ends that
   */
  Runnable onMore(Runnable wake);
}
