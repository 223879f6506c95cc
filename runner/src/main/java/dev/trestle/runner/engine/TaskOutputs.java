package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.EdgeWriter;
import dev.trestle.runner.exchange.StreamItem;
import dev.trestle.runner.metrics.ElementCount;
import java.util.List;

/**
 * Where the elements of one task go. Belongs to the task's owner.
 *
 * @param writers one for each edge that leaves the stage
 * @param counts of elements, brought up to date after each bundle
 */
record TaskOutputs(List<EdgeWriter> writers, List<ElementCount> counts) {

  /** Whether a channel downstream has more in flight than it should. */
  boolean isAboveMark() {
    for (int i = 0; i < writers.size(); i++) {
      if (writers.get(i).isAboveMark()) {
        return true;
      }
    }
    return false;
  }

  /** Makes room in channels that have more in flight than they should. */
  void relieve() {
    for (EdgeWriter writer : writers) {
      writer.relieve();
    }
  }

  /** Hands on what a bundle has put out. */
  void endBundle() {
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).flush();
    }
    counts.forEach(ElementCount::publish);
  }

  /** Sends to every task downstream, after all elements so far. */
  void send(StreamItem item) {
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).broadcast(item);
    }
  }
}
