package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SourceOperator;

/** Reads a source. */
final class SourceDriver implements Driver {

  private final SourceOperator source;
  private final SideInputChannels sideInputs;
  private boolean done;

  SourceDriver(SourceOperator source, SideInputChannels sideInputs) {
    this.source = source;
    this.sideInputs = sideInputs;
  }

  @Override
  public boolean hasWork(long now) {
    return sideInputs.hasWork() || (!done && source.nextWakeup() <= now);
  }

  @Override
  public boolean hasInput() {
    return sideInputs.hasWork();
  }

  @Override
  public void work(Slice slice, Bundle bundle) {
    sideInputs.work(slice, bundle);
    if (!done) {
      bundle.begin();
      done = source.advance(slice) == Progress.DONE;
    }
  }

  @Override
  public long watermark() {
    return source.watermark();
  }

  @Override
  public long nextWakeup() {
    return done ? Long.MAX_VALUE : source.nextWakeup();
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
