package dev.trestle.runner.worker;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;

/** What a worker's bundles ask of state, and the answers. Any thread may call. */
final class StateChannel {

  private final Map<String, GrpcBundle> bundles;
  private final Queue<StateResponse> responses = new ConcurrentLinkedQueue<>();
  private final Outbox<StateResponse> outbox;

  /**
   * @param bundles those that are out, by their instruction
   */
  StateChannel(Executor pool, Map<String, GrpcBundle> bundles) {
    this.bundles = bundles;
    this.outbox = new Outbox<>(pool, responses::poll);
  }

  Outbox<StateResponse> outbox() {
    return outbox;
  }

  void answer(StateResponse response) {
    responses.add(response);
    outbox.wake();
  }

  /** Tells the worker that it gets nothing, so that it does not wait. */
  void refuse(String request, String reason) {
    answer(StateResponse.newBuilder().setId(request).setError(reason).build());
  }

  /** A request has come. */
  void received(StateRequest request) {
    GrpcBundle bundle = bundles.get(request.getInstructionId());
    if (bundle == null) {
      refuse(
          request.getId(),
          "No bundle is under way as instruction '" + request.getInstructionId() + "'");
    } else {
      bundle.stateRequested(request);
    }
  }
}
