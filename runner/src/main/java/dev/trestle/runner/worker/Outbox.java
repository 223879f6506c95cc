package dev.trestle.runner.worker;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCallStreamObserver;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.util.concurrent.MoreExecutors;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages to a worker through a stream that the worker opens, at a time of its choice, and
 * no faster than the worker reads. Any thread may call. Messages are taken and written by the
 * threads of the connection, one at a time, never by the caller's.
 */
final class Outbox<M> {

  /** How many bytes may wait in the transport before the stream is not ready. */
  private static final int READY_BYTES = 1 << 20;

  private final Executor writer;
  private final Supplier<@Nullable M> next;
  private final AtomicReference<@Nullable ServerCallStreamObserver<M>> stream =
      new AtomicReference<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean closed;

  /** Whether the stream has been ended. Of the writer alone. */
  private boolean completed;

  /**
   * @param next the message to write now, null if there is none
   */
  Outbox(Executor pool, Supplier<@Nullable M> next) {
    this.writer = MoreExecutors.newSequentialExecutor(pool);
    this.next = next;
  }

  /**
   * Writes to a stream that has just been opened; to be called before the service's method returns.
   *
   * @param broken is called when the stream is over, however that came
   * @return false if there is one already
   */
  boolean attach(ServerCallStreamObserver<M> opened, Runnable broken) {
    opened.setOnCancelHandler(broken); // also has it that writing to a broken stream is no error
    opened.setOnCloseHandler(broken); // gRPC ends a stream through which something unreadable comes
    if (!stream.compareAndSet(null, opened)) {
      return false;
    }
    opened.setOnReadyThreshold(READY_BYTES);
    opened.setOnReadyHandler(this::wake);
    wake();
    return true;
  }

  /** Says that there may be a message. */
  void wake() {
    if (scheduled.compareAndSet(false, true)) {
      writer.execute(this::write);
    }
  }

  /** Ends the stream, now or when it is opened. Messages that are not written yet are not. */
  void close() {
    closed = true;
    wake();
  }

  private void write() {
    scheduled.set(false);
    ServerCallStreamObserver<M> to = stream.get();
    if (to == null) {
      return;
    }
    while (!closed && to.isReady()) {
      M message = next.get();
      if (message == null) {
        return;
      }
      to.onNext(message);
    }
    if (closed && !completed) {
      completed = true;
      to.onCompleted();
    }
  }
}
