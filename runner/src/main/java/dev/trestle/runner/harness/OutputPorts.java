package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** Hands on the elements that come out of a worker, slice by slice. Belongs to the task's owner. */
final class OutputPorts {

  private record Port(ElementWire wire, Receiver receiver) {}

  private final String transform;
  private final Map<String, Port> ports = new HashMap<>();

  /** What is being handed on; null where nothing is. */
  private @Nullable ByteSource reading;

  private @Nullable Port port;

  OutputPorts(HarnessStep step) {
    transform = step.transform();
    for (int i = 0; i < step.outputs().size(); i++) {
      ElementWire wire = new ElementWire(step.outputs().get(i).collection());
      ports.put(step.spec().outputPorts().get(i), new Port(wire, step.receivers().get(i)));
    }
  }

  /** Takes elements, when those before have been handed on. */
  void begin(String name, ByteString bytes) {
    port = ports.get(name);
    if (port == null) {
      throw new HarnessException(transform, "its worker puts out through an unknown port " + name);
    }
    reading = SharedBytes.of(bytes);
  }

  /** Whether there is something to hand on. */
  boolean isReading() {
    return reading != null;
  }

  /** Hands elements on, until there are no more or the slice is used up. */
  void deliver(Slice slice) {
    ByteSource from = reading;
    Port to = port;
    if (from == null || to == null) {
      return;
    }
    while (from.available() > 0) {
      if (slice.isUsedUp()) {
        return;
      }
      try {
        to.wire.read(from, to.receiver);
      } catch (IOException e) {
        throw new HarnessException(transform, "what its worker puts out cannot be read", e);
      }
      slice.spend();
    }
    reading = null;
  }
}
