package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.harness.ChunkStore.Chunk;
import dev.trestle.runner.metrics.CumulativeMetrics;
import dev.trestle.runner.operator.AsyncWork;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.worker.WorkerException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The bundles that a step has at its worker: takes elements in for them, and hands on what they
 * bring back. Belongs to the task's owner.
 *
 * <p>Elements are gathered in a chunk. A chunk goes to the worker as soon as it is large enough,
 * while the bundle goes on taking elements, so that the worker need not wait for the last one. A
 * step that is given more than may be out keeps it as chunks, on disk beyond the memory budget; so
 * it does with what comes back and cannot be handed on, because there is no room downstream: the
 * connection to the worker is shared, and must not wait.
 *
 * <p>A bundle holds the watermark where the task's output was when the first of its elements came.
 */
final class Bundles implements AsyncWork {

  /** When this much has been gathered it is sent. */
  private static final int CHUNK_BYTES = 1 << 18;

  /** How often a bundle that goes on is asked what it has counted. */
  private static final long PROGRESS_MILLIS = 2000;

  /** No callback is too late for a worker, which knows better. */
  private static final Instant NO_EXPIRY = Instant.ofEpochMilli(Long.MAX_VALUE);

  /** Elements that wait to be sent, and what they hold. */
  private record Waiting(Chunk chunk, int elements, long hold) {}

  /** Elements that wait to be handed on. */
  private record Held(Arrival arrival, @Nullable Chunk chunk) {}

  private final HarnessStep step;
  private final OperatorContext context;
  private final Connection connection;
  private final int most;
  private final StateAnswers answers;
  private final Returns returns;
  private final BundleSize size;
  private final OutputPorts outputs;
  private final WorkerMetrics metrics;
  private final ChunkStore store;
  private final boolean tellsProgress;

  /** All that have begun and not ended, the first one first. */
  private final Set<RemoteBundle> out = new LinkedHashSet<>();

  /** The one that takes elements. */
  private @Nullable RemoteBundle open;

  /** When those that are out are asked for their progress; never if there are none. */
  private long progressAt = Long.MAX_VALUE;

  private final ByteSink gathering = new ByteSink();
  private int gathered;
  private long gatheringHold = Long.MAX_VALUE;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<Held> arrived = new ArrayDeque<>();

  /**
   * None so far.
   *
   * @param connection whose inbox takes what comes back, from whatever worker
   * @param most how many may be out at a time
   */
  Bundles(
      HarnessStep step,
      OperatorContext context,
      Connection connection,
      int most,
      StateAnswers answers,
      Returns returns) {
    this.step = step;
    this.context = context;
    this.connection = connection;
    this.most = most;
    this.answers = answers;
    this.returns = returns;
    size = step.size();
    outputs = new OutputPorts(step);
    metrics = new WorkerMetrics(context, step.spec());
    store = new ChunkStore(context);
    tellsProgress = CumulativeMetrics.areToldMeanwhile(step.spec().environment());
  }

  /** Where what comes back is left. */
  Inbox inbox() {
    return connection.inbox();
  }

  /** Where to write the next element to; {@link #added} says that it is complete. */
  ByteSink gathering() {
    if (gathered == 0) {
      gatheringHold = context.outputWatermark();
    }
    return gathering;
  }

  /** Says that an element has been written. */
  void added() {
    gathered++;
    if (gathering.size() >= CHUNK_BYTES || openElements() + gathered >= size.elements()) {
      sendGathered();
    }
  }

  private int openElements() {
    return open == null ? 0 : open.elements();
  }

  private void sendGathered() {
    if (gathered == 0) {
      return;
    }
    ByteString bytes = ByteString.copyFrom(gathering.array(), 0, gathering.size());
    if (waiting.isEmpty() && mayTake()) {
      send(bytes, gathered, gatheringHold);
    } else {
      waiting.add(new Waiting(store.add(bytes), gathered, gatheringHold));
    }
    gathering.reset();
    gathered = 0;
    gatheringHold = Long.MAX_VALUE;
  }

  private boolean mayTake() {
    return open != null || out.size() < most;
  }

  private void send(ByteString bytes, int elements, long hold) {
    RemoteBundle bundle = opened(hold);
    bundle.send(step.spec().inputPort(), bytes, elements);
    if (bundle.elements() >= size.elements() || bundle.bytes() >= size.bytes()) {
      endOpen();
    }
  }

  /** The bundle that takes elements; a new one if there is none. */
  RemoteBundle opened(long hold) {
    return opened(connection, hold);
  }

  /** The same; a new one is at a given worker. */
  RemoteBundle opened(Connection at, long hold) {
    RemoteBundle bundle = open;
    if (bundle == null) {
      bundle = at.begin(answers.tokens(), hold);
      if (out.isEmpty() && tellsProgress) {
        progressAt = context.clock().millis() + PROGRESS_MILLIS;
      }
      out.add(bundle);
      open = bundle;
    }
    return bundle;
  }

  private void endOpen() {
    if (open != null) {
      open.worker().endOfInput();
      open = null;
    }
  }

  private void sendWaiting() {
    while (!waiting.isEmpty() && mayTake()) {
      Waiting next = waiting.remove();
      send(store.take(next.chunk), next.elements, next.hold);
    }
  }

  /** Sends everything and ends the bundle, so that all comes back; as far as may be out. */
  void flush() {
    sendGathered();
    sendWaiting();
    if (waiting.isEmpty()) {
      endOpen();
    }
  }

  /** Ends the bundle if it has been open for long enough; after each bundle of the task. */
  void endIfDue() {
    if (open != null && System.nanoTime() - open.begun() >= size.nanos()) {
      flush();
    }
  }

  @Override
  public void attend() {
    WorkerException failure = connection.inbox().failure();
    if (failure != null) {
      throw new HarnessException(step.transform(), failure);
    }
    for (Inbox.Question next = connection.inbox().pollQuestion();
        next != null;
        next = connection.inbox().pollQuestion()) {
      next.bundle().worker().answer(answer(next));
    }
    takeIn();
    askForProgress();
  }

  private void askForProgress() {
    if (progressAt == Long.MAX_VALUE) {
      return;
    }
    long now = context.clock().millis();
    if (now >= progressAt) {
      out.forEach(RemoteBundle::askForProgress);
      progressAt = now + PROGRESS_MILLIS;
    }
  }

  private StateResponse.Builder answer(Inbox.Question question) {
    try {
      return answers
          .answer(question.bundle(), question.request())
          .setId(question.request().getId());
    } catch (HarnessException e) {
      return StateResponse.newBuilder()
          .setId(question.request().getId())
          .setError(String.valueOf(e.getMessage()));
    }
  }

  private void takeIn() {
    for (Arrival next = connection.inbox().pollArrival();
        next != null;
        next = connection.inbox().pollArrival()) {
      arrived.add(
          next instanceof Arrival.Elements elements
              ? new Held(
                  new Arrival.Elements(elements.bundle(), elements.port(), ByteString.EMPTY),
                  store.add(elements.bytes()))
              : new Held(next, null));
    }
  }

  @Override
  public boolean hasArrived() {
    return outputs.isReading() || !arrived.isEmpty() || connection.inbox().hasArrivals();
  }

  @Override
  public void deliver(Slice slice) {
    attend(); // a bundle's questions before its end
    while (!slice.isUsedUp()) {
      if (outputs.isReading()) {
        outputs.deliver(slice);
        continue;
      }
      Held next = arrived.poll();
      if (next == null) {
        break;
      }
      takeUp(next);
    }
    sendWaiting();
  }

  private void takeUp(Held next) {
    Arrival arrival = next.arrival;
    if (arrival instanceof Arrival.Elements elements && next.chunk != null) {
      outputs.begin(elements.port(), store.take(next.chunk));
    } else if (arrival instanceof Arrival.Timers timers) {
      returns.timers(timers);
    } else if (arrival instanceof Arrival.Split split) {
      returns.split(split);
    } else if (arrival instanceof Arrival.Progress progress) {
      progress.bundle().progressTold();
      metrics.progress(progress.bundle(), progress.response().getMonitoringInfosList());
    } else if (arrival instanceof Arrival.Done done) {
      end(done);
    }
  }

  private void end(Arrival.Done done) {
    RemoteBundle bundle = done.bundle();
    if (!out.remove(bundle)) {
      throw new HarnessException(step.transform(), "its worker has ended a bundle twice");
    }
    if (bundle == open) {
      throw new HarnessException(
          step.transform(), "its worker has ended a bundle that is still sent to");
    }
    if (out.isEmpty()) {
      progressAt = Long.MAX_VALUE;
    }
    ProcessBundleResponse response = done.response();
    metrics.end(bundle, response.getMonitoringInfosList());
    if (response.getRequiresFinalization()) {
      context
          .bundleFinalizer()
          .afterBundleCommit(NO_EXPIRY, () -> bundle.worker().finalizeBundle());
    }
    answers.ended(bundle);
    returns.done(done);
  }

  @Override
  public boolean isFull() {
    return !waiting.isEmpty() || (open == null && out.size() >= most);
  }

  @Override
  public boolean isOut() {
    return !out.isEmpty() || gathered > 0 || !waiting.isEmpty() || hasArrived();
  }

  /** Ends the bundle if there is none that the worker could be busy with. */
  @Override
  public void rest() {
    if (out.size() == (open == null ? 0 : 1)) {
      flush();
    }
  }

  /** All has been sent: a worker is as quick as it can be. */
  @Override
  public void hasten() {}

  @Override
  public long nextAttention() {
    return progressAt;
  }

  /** What is out holds the watermark, in milliseconds; {@code Long.MAX_VALUE} if nothing is. */
  long hold() {
    long least = gatheringHold;
    for (RemoteBundle bundle : out) {
      least = Math.min(least, bundle.hold());
    }
    for (Waiting each : waiting) {
      least = Math.min(least, each.hold);
    }
    return least;
  }

  /** Gives up all that is out. */
  void abandon() {
    for (RemoteBundle bundle : out) {
      bundle.worker().abandon();
    }
    out.clear();
    store.close();
  }
}
