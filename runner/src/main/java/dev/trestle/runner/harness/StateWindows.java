package dev.trestle.runner.harness;

import dev.trestle.translation.wire.OpaqueWindow;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Windows as workers name them when they ask for user state. Some name a window that only their SDK
 * knows by less than what it is on the wire; it is one then that has been sent. Belongs to the
 * task's owner.
 */
final class StateWindows {

  private final Coder<BoundedWindow> coder;
  private final Set<OpaqueWindow> sent = new HashSet<>();

  StateWindows(Coder<BoundedWindow> coder) {
    this.coder = coder;
  }

  /** Says that a worker is sent something in a window. */
  void sent(BoundedWindow window) {
    if (window instanceof OpaqueWindow opaque) {
      sent.add(opaque);
    }
  }

  /** Says that a window has expired for a key; others of the same end do so, too. */
  void expired(BoundedWindow window) {
    if (!sent.isEmpty()) {
      sent.removeIf(each -> each.equals(window));
    }
  }

  BoundedWindow read(ByteString named) throws IOException {
    if (!sent.isEmpty()) {
      byte[] bytes = named.toByteArray();
      for (OpaqueWindow each : sent) {
        if (each.isWrittenAs(bytes)) {
          return each;
        }
      }
    }
    return coder.decode(named.newInput());
  }
}
