package dev.trestle.runner.sideinput;

import dev.trestle.runner.exchange.StreamItem;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The contents of a side input for one window, which replace those that came before.
 *
 * @param contents shared by all tasks that read it
 */
public record ViewPane(BoundedWindow window, ViewContents contents) implements StreamItem.Elements {

  @Override
  public int size() {
    return 1;
  }

  @Override
  public long bytes() {
    return 64;
  }
}
