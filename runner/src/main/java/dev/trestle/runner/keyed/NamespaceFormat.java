package dev.trestle.runner.keyed;

import dev.trestle.state.table.Serializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** Writes namespaces: a byte, 0 for none and 1 for a window, which follows. */
final class NamespaceFormat implements Serializer<Object> {

  private final Coder<BoundedWindow> windowCoder;
  private final CoderSerializer<BoundedWindow, BoundedWindow> windows;

  NamespaceFormat(Coder<BoundedWindow> windowCoder) {
    this.windowCoder = windowCoder;
    windows = CoderSerializer.of(windowCoder);
  }

  @Override
  public void write(Object namespace, DataOutput out) throws IOException {
    BoundedWindow window = Namespaces.windowOf(namespace);
    out.writeByte(window == null ? 0 : 1);
    if (window != null) {
      windows.write(window, out);
    }
  }

  @Override
  public Object read(DataInput in) throws IOException {
    return in.readByte() == 0
        ? Namespaces.global()
        : Namespaces.ofWindow(windowCoder, windows.read(in));
  }
}
