package dev.trestle.runner.worker;

import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The streams of a worker, and the bundles that use them. Any thread may call. */
final class WorkerChannels {

  private final Map<String, GrpcBundle> bundles = new ConcurrentHashMap<>();
  private final ControlChannel control;
  private final DataChannel data;
  private final StateChannel state;
  private final OpenCalls finalizations = new OpenCalls();

  WorkerChannels(Executor pool) {
    this.control = new ControlChannel(pool);
    this.data = new DataChannel(pool, bundles);
    this.state = new StateChannel(pool, bundles);
  }

  ControlChannel control() {
    return control;
  }

  DataChannel data() {
    return data;
  }

  StateChannel state() {
    return state;
  }

  /** Of bundles that have ended. */
  OpenCalls finalizations() {
    return finalizations;
  }

  /** From now on what comes for the bundle reaches it. */
  void add(GrpcBundle bundle) {
    bundles.put(bundle.id(), bundle);
  }

  /** What still comes for the bundle is dropped, its requests of state are refused. */
  void forget(GrpcBundle bundle) {
    bundles.remove(bundle.id());
  }

  /** Ends all streams. All bundles fail. */
  void close(WorkerException cause) {
    new ArrayList<>(bundles.values()).forEach(bundle -> bundle.failed(cause));
    state.outbox().close();
    data.outbox().close();
    control.outbox().close();
    finalizations.giveUp();
  }
}
