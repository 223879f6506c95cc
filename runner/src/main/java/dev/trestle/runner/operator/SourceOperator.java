package dev.trestle.runner.operator;

/** The root of a stage that reads no edge. {@link #accept} is never called. */
public interface SourceOperator extends Operator {

  /**
   * Reads and hands on elements, within a bundle, until the slice is used up or nothing is there.
   */
  Progress advance(Slice slice);

  /** The source's own watermark, in milliseconds. */
  long watermark();

  /**
   * Whether nobody should wait for the watermark for now: there has been nothing to read for as
   * long as the user thinks enough. Nothing says that it stays so; what is read then may be late.
   */
  boolean isIdle();

  /** When to call {@link #advance} again after it made no progress; see {@link InputOperator}. */
  long nextWakeup();
}
