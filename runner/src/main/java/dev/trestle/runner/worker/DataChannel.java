package dev.trestle.runner.worker;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elements and timers of all bundles of a worker, to it and back, in order. Any thread may call.
 *
 * <p>To it they go in frames that are filled from all bundles. What comes back is handed on at
 * once, whether anybody has use for it yet or not: all bundles share the stream, and to hold one up
 * would hold up those that it waits for.
 */
final class DataChannel {

  private static final Logger LOG = LoggerFactory.getLogger(DataChannel.class);

  /** A frame that is not smaller takes nothing more in. */
  private static final int FRAME_BYTES = 1 << 20;

  private final Map<String, GrpcBundle> bundles;
  private final Queue<Piece> pieces = new ConcurrentLinkedQueue<>();
  private final Outbox<Elements> outbox;

  /**
   * @param bundles those that are out, by their instruction
   */
  DataChannel(Executor pool, Map<String, GrpcBundle> bundles) {
    this.bundles = bundles;
    this.outbox = new Outbox<>(pool, this::nextFrame);
  }

  Outbox<Elements> outbox() {
    return outbox;
  }

  /** Sends a part of a bundle's input. */
  void send(GrpcBundle bundle, Port port, ByteString bytes, boolean last) {
    pieces.add(new Piece(bundle, port, bytes, last));
    outbox.wake();
  }

  /** Only the writer of the outbox calls. */
  private @Nullable Elements nextFrame() {
    Elements.Builder frame = null;
    int bytes = 0;
    for (Piece piece = pieces.peek(); piece != null; piece = pieces.peek()) {
      if (bytes > 0 && bytes + piece.bytes().size() > FRAME_BYTES) {
        break;
      }
      pieces.remove();
      if (!piece.bundle().hasFailed()) {
        frame = frame == null ? Elements.newBuilder() : frame;
        piece.addTo(frame);
        bytes += piece.bytes().size();
      }
    }
    return frame == null ? null : frame.build();
  }

  /** A frame has come. */
  void received(Elements frame) {
    for (Elements.Data data : frame.getDataList()) {
      GrpcBundle bundle = bundle(data.getInstructionId());
      if (bundle != null) {
        bundle.received(data);
      }
    }
    for (Elements.Timers timers : frame.getTimersList()) {
      GrpcBundle bundle = bundle(timers.getInstructionId());
      if (bundle != null) {
        bundle.received(timers);
      }
    }
  }

  private @Nullable GrpcBundle bundle(String instruction) {
    GrpcBundle bundle = bundles.get(instruction);
    if (bundle == null) {
      LOG.debug("Data of instruction '{}', which is not under way, is dropped", instruction);
    }
    return bundle;
  }

  private record Piece(GrpcBundle bundle, Port port, ByteString bytes, boolean last) {

    void addTo(Elements.Builder frame) {
      if (port.isOfTimers()) {
        frame
            .addTimersBuilder()
            .setInstructionId(bundle.id())
            .setTransformId(port.transform())
            .setTimerFamilyId(port.timerFamily())
            .setTimers(bytes)
            .setIsLast(last);
      } else {
        frame
            .addDataBuilder()
            .setInstructionId(bundle.id())
            .setTransformId(port.transform())
            .setData(bytes)
            .setIsLast(last);
      }
    }
  }
}
