package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.StreamItem;
import dev.trestle.runner.exchange.Wakeable;
import dev.trestle.runner.metrics.StepMetrics;
import dev.trestle.runner.operator.Slice;
import dev.trestle.state.checkpoint.TaskSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * One parallel instance of a stage: its operators, its channels, its watermark.
 *
 * <p>Thread rule: whoever moves the state from {@code READY} to {@code RUNNING} owns the task until
 * it moves it on; everything but {@link #state} belongs to the owner. {@link #wake} may be called
 * by anybody.
 */
public final class Task implements Wakeable {

  /** Who may do what with the task. */
  private enum State {
    /** Nothing to do, as far as is known. */
    IDLE,
    /** Waits for a turn; the scheduler has it in its queue. */
    READY,
    /** Has a turn. */
    RUNNING,
    /** Has a turn, and something happened meanwhile. */
    RUNNING_WOKEN,
    /** Has its last turn: nothing is left to do but to close. */
    CLOSING,
    /** Has come to its end, and gets no turn any more. */
    DONE
  }

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  private static final long NEVER = Long.MIN_VALUE;

  private final String snapshotName;
  private final String name;
  private final int depth;
  private final boolean onlyWhenQuiet;
  private final BundleLimits limits;
  private final InstantSource clock;
  private final Scheduler scheduler;
  private final TaskListener listener;
  private final Driver.Bundle bundle = () -> wiring().operators().beginBundle();
  private final Slice slice = new Slice();
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

  /** Written by whoever makes the task ready. */
  private volatile int urgency;

  /** Who had the last turn. */
  private volatile @Nullable Thread thread;

  /**
   * Since when there has been something to do, in milliseconds; {@code Long.MAX_VALUE}: nothing.
   */
  private volatile long busySince = Long.MAX_VALUE;

  private final SynchronizedTime synchronizedTime;

  /** Those of the tasks right downstream, which wait for what this one has begun. */
  private final List<SynchronizedTime> downstream = new ArrayList<>();

  private @Nullable Wiring wiring;

  /** The last checkpoint that has been committed; written by whoever commits. */
  private volatile long committed = NEVER;

  private long toldCommitted = NEVER;

  /** The barrier behind which the task stands still; written by whoever asks for it. */
  private volatile long haltAt = NEVER;

  private long passedBarrier = NEVER;

  /** Whether the scheduler has been told that the task awaits others; written by the owner. */
  private volatile boolean awaiting;

  private @Nullable TaskSignals signals;

  /**
   * What a task works on and with.
   *
   * @param finishedBefore whether the task came to its end in the job's earlier life
   */
  record Wiring(
      Driver driver,
      TaskContext context,
      OperatorChain operators,
      TaskOutputs outputs,
      boolean finishedBefore) {}

  /**
   * A task that is not wired yet.
   *
   * @param snapshotName by which the stage is found again in a checkpoint
   * @param depth longest way from a source, in edges
   * @param onlyWhenQuiet whether it may run only when no other task can
   */
  Task(
      String stage,
      String snapshotName,
      int index,
      int depth,
      boolean onlyWhenQuiet,
      BundleLimits limits,
      InstantSource clock,
      Scheduler scheduler,
      TaskListener listener) {
    this.snapshotName = snapshotName;
    name = stage + "#" + index;
    this.depth = depth;
    this.onlyWhenQuiet = onlyWhenQuiet;
    this.limits = limits;
    this.clock = clock;
    this.scheduler = scheduler;
    this.listener = listener;
    synchronizedTime = new SynchronizedTime(clock, this);
  }

  /** Before the first turn: says that this task writes to a channel that {@code reader} reads. */
  void addReader(Task reader) {
    downstream.add(reader.synchronizedTime);
    if (!onlyWhenQuiet) { // one that waits for quiet has begun nothing
      reader.synchronizedTime.addUpstream(() -> busySince);
    }
  }

  SynchronizedTime synchronizedTime() {
    return synchronizedTime;
  }

  /** Wires the task; once, before the first turn. */
  void wire(Wiring with) {
    wiring = with;
    signals = new TaskSignals(with);
  }

  /** For people: stage and number. */
  public String name() {
    return name;
  }

  /**
   * How soon the task should have its turn; higher is sooner. A task with input goes by its depth,
   * the longest way from a source in edges; one that makes its own work, as sources do, waits until
   * no other has input.
   */
  int urgency() {
    return urgency;
  }

  /**
   * Whether the task may run only when no other task can: a test stream. It has to take up what
   * others have done for it, before it goes on.
   */
  boolean runsOnlyWhenQuiet() {
    return onlyWhenQuiet && !awaiting;
  }

  /** Whether the task reads nothing any more. */
  boolean isDone() {
    State now = state.get();
    return now == State.CLOSING || now == State.DONE;
  }

  /**
   * Sees to it that the task gets no turn any more. Any thread may call.
   *
   * @return whether it is without one; if not, it belongs to the thread that is in its turn, and
   *     nobody else may close it
   */
  boolean retire() {
    while (true) {
      State now = state.get();
      if (now != State.IDLE && now != State.READY) {
        return now == State.DONE;
      }
      if (state.compareAndSet(now, State.DONE)) {
        return true;
      }
    }
  }

  /** The thread that is in the task's turn, or was in the last one; null if it has had none. */
  @Nullable Thread thread() {
    return thread;
  }

  /**
   * Asks for a barrier between two bundles: a source makes one, and a task whose inputs have all
   * ended; to others it comes. Any thread may call.
   */
  void requestBarrier(long id) {
    driver().requestBarrier(id);
    wake();
  }

  /**
   * Has the task stand still as soon as a barrier that was not asked for yet has passed it. Any
   * thread may call.
   */
  void haltAt(long barrier) {
    haltAt = barrier;
  }

  /** Lets a task that stands still go on. Any thread may call. */
  void goOn() {
    haltAt = NEVER;
    wake();
  }

  /** Has the task come to its end in good order. Any thread may call. */
  void drain() {
    wiring().context().drain();
    wake();
  }

  /** Says that the checkpoint of a barrier has been committed. Any thread may call. */
  void checkpointCommitted(long id) {
    committed = id;
    wake();
  }

  /** Says that the job has ended well. The task is done. */
  void jobDone() {
    wiring().context().finalizers().jobDone();
  }

  /**
   * Writes the task's state, between two bundles and right behind a barrier. The thread that runs
   * the task calls.
   *
   * @param file must not exist
   */
  TaskSnapshot snapshot(Path file) throws IOException {
    return TaskSnapshots.write(snapshotName, wiring(), signals().outputWatermark(), file);
  }

  /** What the task has counted; before a barrier passes it, and when it is done. */
  StepMetrics metrics() {
    return wiring().context().metrics();
  }

  /** What a snapshot says of a task that is done. */
  TaskSnapshot finishedSnapshot() {
    return TaskSnapshots.finished(snapshotName, wiring().context());
  }

  @Override
  public void wake() {
    while (true) {
      State now = state.get();
      if (now == State.IDLE) {
        if (busySince == Long.MAX_VALUE) {
          busySince = clock.millis();
        }
        if (state.compareAndSet(State.IDLE, State.READY)) {
          urgency = depth;
          scheduler.ready(this);
          return;
        }
      } else if (now != State.RUNNING || state.compareAndSet(State.RUNNING, State.RUNNING_WOKEN)) {
        return;
      }
    }
  }

  /**
   * Claims the task for a turn. False where somebody else has it or had it meanwhile: an entry in a
   * queue may be stale.
   */
  boolean claim() {
    return state.compareAndSet(State.READY, State.RUNNING);
  }

  /** Claims the task whether it was ready or not, for a thread that makes room in its input. */
  boolean claimForRelief() {
    return claim() || state.compareAndSet(State.IDLE, State.RUNNING);
  }

  /** Makes room in the channels downstream, so that a turn can do something. */
  void relieveWriters() {
    wiring().outputs().relieve();
  }

  /** Whether the task has others do something that it waits for. Any thread may ask. */
  boolean isAwaiting() {
    return awaiting;
  }

  /** One turn. The caller has claimed the task. */
  void run() {
    thread = Thread.currentThread();
    Driver input = driver();
    long start = clock.millis();
    try {
      if (wiring().finishedBefore()) {
        finish();
        return;
      }
      wiring().operators().open();
      tellCommitted();
      pending().attend();
      if (!isBlocked()) {
        synchronizedTime.read();
        slice.restart(limits.maxElements(), System.nanoTime() + limits.maxNanos());
        pending().deliver(slice, bundle);
        if (mayRead()) {
          input.work(slice, bundle);
        }
        endBundle();
        signals().passWatermark();
        signals().passIdleness();
        passBarrier();
        if (signals().outputWatermark() >= END && input.isAtEnd()) {
          finish();
          return;
        }
      }
      await();
    } catch (Throwable e) {
      fail(e);
      return;
    }
    release(start);
    upstreamOfReadersMoved();
  }

  /**
   * Whether a channel downstream is full, so that no turn will be given until there is room; or the
   * task stands still.
   */
  boolean isBlocked() {
    if (haltAt != NEVER && haltAt == passedBarrier) {
      return true;
    }
    return wiring().outputs().isAboveMark();
  }

  /**
   * Whether input may be read: there is none while others have enough of the task's to do. A test
   * stream goes on only in turns that it has because all is quiet, and not in one in which it takes
   * up what it awaited.
   */
  private boolean mayRead() {
    return !pending().isFull()
        && !driver().aligner().isAligned()
        && !(onlyWhenQuiet && (awaiting || pending().isOut()));
  }

  private boolean hasInput() {
    return pending().hasArrived() || (mayRead() && driver().hasInput());
  }

  private boolean hasWork(long now) {
    return pending().hasArrived() || (mayRead() && driver().hasWork(now));
  }

  /**
   * Gives the task up. Whatever is looked at here is looked at before: then it has other owners.
   *
   * @param turnStart by then at the latest all that is left to do has come
   */
  private void release(long turnStart) {
    if (!isBlocked()) {
      long now = clock.millis();
      if (hasWork(now)) {
        makeReady(hasInput() ? depth : 0, turnStart);
        return;
      }
      wakeAt(mayRead() ? driver().nextWakeup() : Long.MAX_VALUE, now);
      busySince = awaiting ? Math.min(busySince, turnStart) : Long.MAX_VALUE;
    }
    wakeAt(pending().nextAttention(), turnStart);
    if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
      makeReady(depth, turnStart);
    }
  }

  private void wakeAt(long millis, long now) {
    if (millis < Long.MAX_VALUE) {
      scheduler.wakeAt(this, Math.max(millis, now + 1));
    }
  }

  private void makeReady(int newUrgency, long since) {
    busySince = since;
    urgency = newUrgency;
    state.set(State.READY);
    scheduler.ready(this);
  }

  private void tellCommitted() {
    long now = committed;
    if (now != toldCommitted) {
      toldCommitted = now;
      wiring().context().finalizers().committed(now);
      driver().sideInputs().checkpointCommitted();
    }
  }

  private void endBundle() {
    if (wiring().operators().endBundle()) {
      if (driver().isAboutToFire()
          || limits.isFlushDue(wiring().operators().lastFlush())
          || (limits.flushesWhenIdle() && !hasWork(clock.millis()))) {
        wiring().operators().flush();
      }
      wiring().outputs().endBundle();
      wiring().context().finalizers().bundleEnded();
    }
  }

  /** Before the task is given up: sees to it that what others do comes back, and is waited for. */
  private void await() {
    boolean isOut = pending().isOut();
    if (isOut && !hasWork(clock.millis())) {
      pending().rest();
    }
    tellAwaiting(isOut);
  }

  private void tellAwaiting(boolean now) {
    if (now != awaiting) {
      awaiting = now;
      scheduler.awaits(now);
    }
  }

  private void passBarrier() {
    BarrierAligner aligner = driver().aligner();
    if (aligner.isAligned()) {
      tellCommitted(); // before the next snapshot, or what is in that would count as committed
      wiring().operators().flush();
      if (pending().isOut()) {
        pending().hasten(); // it came before the barrier
        return;
      }
      long barrier = aligner.release();
      passedBarrier = barrier;
      wiring().outputs().send(new StreamItem.Barrier(barrier));
      listener.barrierPassed(this, barrier);
      wiring().context().finalizers().barrierPassed(barrier); // with those of the snapshot's marks
    }
  }

  private void finish() throws Exception {
    wiring().outputs().send(new StreamItem.EndOfInput());
    tellAwaiting(false);
    busySince = Long.MAX_VALUE;
    state.set(State.CLOSING);
    driver().abandon();
    close();
    state.set(State.DONE);
    listener.finished(this);
  }

  private void upstreamOfReadersMoved() {
    for (int i = 0; i < downstream.size(); i++) {
      downstream.get(i).upstreamMoved();
    }
  }

  private void fail(Throwable cause) {
    state.set(State.DONE);
    listener.failed(this, cause);
  }

  /** Closes the operators, once. The caller owns the task, or no thread runs it any more. */
  void close() throws Exception {
    if (wiring != null) {
      wiring.operators().close();
    }
  }

  private Wiring wiring() {
    if (wiring == null) {
      throw new IllegalStateException(name + " is not wired");
    }
    return wiring;
  }

  private TaskSignals signals() {
    if (signals == null) {
      throw new IllegalStateException(name + " is not wired");
    }
    return signals;
  }

  private Driver driver() {
    return wiring().driver();
  }

  private PendingWork pending() {
    return wiring().context().pending();
  }

  @Override
  public String toString() {
    return name + " " + state.get();
  }
}
