package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.runner.exchange.StreamItem;
import dev.trestle.runner.operator.SideInputReader;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.sideinput.BroadcastInput;
import dev.trestle.runner.sideinput.ViewPane;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** The broadcast channels of a task, and the operators that wait for what comes through them. */
final class SideInputChannels {

  /** One broadcast edge as the task sees it. */
  record Inlet(SingleWriterChannel channel, BroadcastInput input) {}

  private final List<Inlet> inlets;
  private final List<SideInputReader> readers;
  private boolean releasing;

  SideInputChannels(List<Inlet> inlets, List<SideInputReader> readers) {
    this.inlets = inlets;
    this.readers = readers;
  }

  boolean hasWork() {
    if (releasing) {
      return true;
    }
    for (int i = 0; i < inlets.size(); i++) {
      if (!inlets.get(i).channel().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Takes what has come, then lets the readers go on with elements that waited for it. */
  void work(Slice slice, Driver.Bundle bundle) {
    boolean changed = false;
    for (int i = 0; i < inlets.size(); i++) {
      Inlet inlet = inlets.get(i);
      for (StreamItem item = inlet.channel().poll(); item != null; item = inlet.channel().poll()) {
        changed |= take(inlet.input(), item);
      }
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

  private static boolean take(BroadcastInput input, StreamItem item) {
    if (item instanceof ViewPane pane) {
      input.accept(pane);
    } else if (item instanceof StreamItem.Watermark watermark) {
      input.advanceWatermark(watermark.millis());
    } else if (item instanceof StreamItem.EndOfInput) {
      input.advanceWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
    } else {
      return false;
    }
    return true;
  }

  void abandon() {
    for (Inlet inlet : inlets) {
      inlet.channel().abandon();
    }
  }
}
