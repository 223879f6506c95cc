package dev.trestle.runner.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.VarInt;

/**
 * The windows of an element as bytes: their number, then each by its coder. They are read in the
 * flat form of {@link dev.trestle.runner.operator.Windows}.
 */
public final class WindowsCoder {

  private final Coder<BoundedWindow> windowCoder;

  public WindowsCoder(Coder<BoundedWindow> windowCoder) {
    this.windowCoder = windowCoder;
  }

  public void write(Collection<? extends BoundedWindow> windows, OutputStream out)
      throws IOException {
    VarInt.encode(windows.size(), out);
    for (BoundedWindow window : windows) {
      windowCoder.encode(window, out);
    }
  }

  public Object read(InputStream in) throws IOException {
    int count = VarInt.decodeInt(in);
    if (count == 1) {
      return windowCoder.decode(in);
    }
    List<BoundedWindow> windows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      windows.add(windowCoder.decode(in));
    }
    return windows;
  }
}
