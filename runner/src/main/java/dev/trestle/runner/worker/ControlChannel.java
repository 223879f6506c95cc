package dev.trestle.runner.worker;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Instructions to a worker, and its answers. Any thread may call. */
final class ControlChannel {

  private static final Logger LOG = LoggerFactory.getLogger(ControlChannel.class);

  private final Queue<InstructionRequest> requests = new ConcurrentLinkedQueue<>();
  private final Map<String, Consumer<InstructionResponse>> answers = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private final Outbox<InstructionRequest> outbox;

  ControlChannel(Executor pool) {
    this.outbox = new Outbox<>(pool, requests::poll);
  }

  Outbox<InstructionRequest> outbox() {
    return outbox;
  }

  /** An id for an instruction that this worker has not had. */
  String nextId() {
    return Long.toString(ids.incrementAndGet());
  }

  /**
   * Instructs the worker.
   *
   * @param id from {@link #nextId}
   * @param answered is called by a thread of the connection, once at most
   */
  void request(
      String id, InstructionRequest.Builder request, Consumer<InstructionResponse> answered) {
    answers.put(id, answered);
    requests.add(request.setInstructionId(id).build());
    outbox.wake();
  }

  /** An answer has come. */
  void received(InstructionResponse response) {
    Consumer<InstructionResponse> answered = answers.remove(response.getInstructionId());
    if (answered == null) {
      LOG.warn("An SDK worker answers instruction '{}': unknown", response.getInstructionId());
    } else {
      answered.accept(response);
    }
  }
}
