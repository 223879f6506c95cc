package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SourceOperator;
import java.util.concurrent.atomic.AtomicLong;

/** Reads a source. Barriers enter the job here. */
final class SourceDriver implements Driver {

  private static final long NONE = Long.MIN_VALUE;

  private final SourceOperator source;
  private final SideInputChannels sideInputs;

  /** The last input is whoever asks for checkpoints. */
  private final BarrierAligner aligner;

  private final AtomicLong requested = new AtomicLong(NONE);
  private boolean done;

  SourceDriver(SourceOperator source, SideInputChannels sideInputs) {
    this.source = source;
    this.sideInputs = sideInputs;
    aligner = new BarrierAligner(sideInputs.size() + 1);
  }

  @Override
  public void requestBarrier(long id) {
    requested.set(id);
  }

  @Override
  public SideInputChannels sideInputs() {
    return sideInputs;
  }

  @Override
  public boolean hasWork(long now) {
    return hasInput() || (!done && !isAligning() && source.nextWakeup() <= now);
  }

  @Override
  public boolean hasInput() {
    return sideInputs.hasWork(aligner) || requested.get() != NONE;
  }

  @Override
  public void work(Slice slice, Bundle bundle) {
    sideInputs.work(slice, bundle, aligner);
    long barrier = requested.getAndSet(NONE);
    if (barrier != NONE) {
      aligner.arrive(sideInputs.size(), barrier);
    }
    if (!done && !isAligning()) {
      bundle.begin();
      done = source.advance(slice) == Progress.DONE;
    }
  }

  /** Whether the source must not be read, for a barrier has come. */
  private boolean isAligning() {
    return aligner.isBlocked(sideInputs.size());
  }

  @Override
  public boolean isAboutToFire() {
    return false;
  }

  @Override
  public BarrierAligner aligner() {
    return aligner;
  }

  @Override
  public long watermark() {
    return source.watermark();
  }

  @Override
  public boolean isIdle() {
    return !done && source.isIdle() && !sideInputs.isAwaited();
  }

  @Override
  public long nextWakeup() {
    return done || isAligning() ? Long.MAX_VALUE : source.nextWakeup();
  }

  @Override
  public boolean isAtEnd() {
    return done;
  }

  @Override
  public void abandon() {
    sideInputs.abandon();
  }
}
