package dev.trestle.runner.exchange;

import java.util.List;

/**
 * The channels of one edge writer. When one call of a DoFn bursts far above the mark, the thread
 * stops to help the reader.
 */
final class Outlet {

  private final SingleWriterChannel[] channels;
  private final Relief relief;

  Outlet(List<SingleWriterChannel> channels, Relief relief) {
    this.channels = channels.toArray(new SingleWriterChannel[0]);
    this.relief = relief;
  }

  int size() {
    return channels.length;
  }

  void put(int target, StreamItem item) {
    SingleWriterChannel channel = channels[target];
    channel.put(item);
    if (channel.isFarAboveMark()) {
      relief.relieve(channel);
    }
  }

  void broadcast(StreamItem item) {
    for (SingleWriterChannel channel : channels) {
      channel.put(item);
    }
  }

  boolean isAboveMark() {
    for (SingleWriterChannel channel : channels) {
      if (channel.isAboveMark()) {
        return true;
      }
    }
    return false;
  }

  void relieve() {
    for (SingleWriterChannel channel : channels) {
      if (channel.isAboveMark()) {
        relief.relieve(channel);
      }
    }
  }

  /** The target with the least in flight. */
  int leastLoaded(int first) {
    int best = first;
    for (int i = 0; i < channels.length; i++) {
      if (channels[i].charge() < channels[best].charge()) {
        best = i;
      }
    }
    return best;
  }
}
