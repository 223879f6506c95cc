package dev.trestle.runner.engine;

import dev.trestle.runner.checkpoint.StateFileWriter;
import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.runner.exchange.StreamItem;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.WaitingOperator;
import dev.trestle.runner.sideinput.BroadcastInput;
import dev.trestle.runner.sideinput.ViewPane;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The broadcast channels of a task, and the operators that wait for what comes through them. They
 * are the first inputs of the task's aligner.
 */
final class SideInputChannels {

  /**
   * One broadcast edge as the task sees it.
   *
   * @param name of what comes through it, in snapshots
   */
  record Inlet(
      String name,
      SingleWriterChannel channel,
      BroadcastInput input,
      Coder<BoundedWindow> windowCoder) {}

  private final List<Inlet> inlets;
  private final List<WaitingOperator> readers;
  private boolean releasing;

  /**
   * The channels of a task.
   *
   * @param restored whether elements may wait from the start
   */
  SideInputChannels(List<Inlet> inlets, List<WaitingOperator> readers, boolean restored) {
    this.inlets = inlets;
    this.readers = readers;
    releasing = restored && !readers.isEmpty();
  }

  /**
   * Writes what has come. That is the same in all tasks of a stage, but for what those have let go
   * whose output is further on.
   */
  void snapshot(StateFileWriter to) throws IOException {
    Set<String> written = new HashSet<>();
    for (Inlet inlet : inlets) {
      if (written.add(inlet.name())) {
        inlet.input().snapshot(to.step(inlet.name()), inlet.windowCoder());
      }
    }
  }

  int size() {
    return inlets.size();
  }

  boolean hasWork(BarrierAligner aligner) {
    if (releasing) {
      return true;
    }
    for (int i = 0; i < inlets.size(); i++) {
      if (!aligner.isBlocked(i) && !inlets.get(i).channel().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Takes what has come, then lets the readers go on with elements that waited for it. */
  void work(Slice slice, Driver.Bundle bundle, BarrierAligner aligner) {
    boolean changed = false;
    for (int i = 0; i < inlets.size(); i++) {
      changed |= drain(i, aligner);
    }
    if (changed) {
      for (int i = 0; i < readers.size(); i++) {
        readers.get(i).sideInputsChanged();
      }
    }
    if (changed || releasing) {
      bundle.begin();
      releasing = false;
      for (int i = 0; i < readers.size(); i++) {
        releasing |= !readers.get(i).release(slice);
      }
    }
  }

  private boolean drain(int index, BarrierAligner aligner) {
    Inlet inlet = inlets.get(index);
    boolean changed = false;
    while (!aligner.isBlocked(index)) {
      StreamItem item = inlet.channel().poll();
      if (item == null) {
        break;
      }
      if (item instanceof ViewPane pane) {
        inlet.input().accept(pane);
        changed = true;
      } else if (item instanceof StreamItem.Watermark watermark) {
        inlet.input().advanceWatermark(watermark.millis());
        changed = true;
      } else if (item instanceof StreamItem.EndOfInput) {
        inlet.input().advanceWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
        aligner.end(index);
        changed = true;
      } else if (item instanceof StreamItem.Barrier barrier) {
        aligner.arrive(index, barrier.id());
      } else if (!(item instanceof StreamItem.Idle)) { // no other watermark could be gone by
        throw new IllegalStateException("Not an item of a broadcast edge: " + item);
      }
    }
    return changed;
  }

  /** Says, between bundles, that a checkpoint has been committed. */
  void checkpointCommitted() {
    for (int i = 0; i < readers.size(); i++) {
      readers.get(i).checkpointCommitted();
      releasing |= readers.get(i).isWaiting();
    }
  }

  /**
   * Lets go of what cannot be read any more, between bundles.
   *
   * @param watermark of the task's output, in milliseconds. It is behind the main-input watermark
   *     of each of the task's steps, what waits within them and timers that have to fire included
   */
  void dropBehind(long watermark) {
    if (inlets.isEmpty()) {
      return;
    }
    long earliest = watermark;
    for (int i = 0; i < readers.size(); i++) {
      earliest = Math.min(earliest, readers.get(i).earliestWindowEnd());
    }
    for (int i = 0; i < inlets.size(); i++) {
      inlets.get(i).input().advanceMainWatermark(earliest);
    }
    for (int i = 0; i < readers.size(); i++) {
      readers.get(i).sideInputsChanged();
    }
  }

  /** Whether elements wait for side inputs. */
  boolean isAwaited() {
    for (int i = 0; i < readers.size(); i++) {
      if (readers.get(i).isWaiting()) {
        return true;
      }
    }
    return false;
  }

  void abandon() {
    for (Inlet inlet : inlets) {
      inlet.channel().abandon();
    }
  }
}
