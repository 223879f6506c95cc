package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Slice;

/** How a task gets at its elements: from a source or from other tasks. */
interface Driver {

  /** Whether {@link #work} would find anything to do at the moment. */
  boolean hasWork(long now);

  /** Whether other tasks have sent something that waits to be read. */
  boolean hasInput();

  /** Works through a slice; calls {@code bundle.begin()} before an operator is given anything. */
  void work(Slice slice, Bundle bundle);

  /** The task's input watermark, as far as its timers have fired. */
  long watermark();

  /**
   * Whether nobody downstream should wait for the task's watermark: its input is idle, and it has
   * nothing to do by itself, nor elements that wait for side inputs.
   */
  boolean isIdle();

  /** When the root wants its next turn; {@code Long.MAX_VALUE} for not before more input. */
  long nextWakeup();

  /** Whether nothing will come any more: the input is read to its end and all has fired. */
  boolean isAtEnd();

  /** Whether the input watermark has moved and timers at it have yet to fire. */
  boolean isAboutToFire();

  /**
   * Asks for a barrier between two bundles. It is made here where none can come through an input.
   * Any thread may call; the task has to be woken then.
   */
  void requestBarrier(long id);

  /** The side inputs of the task. */
  SideInputChannels sideInputs();

  /** Where the barriers that come through the task's inputs meet. */
  BarrierAligner aligner();

  /** Says that no more will be read. */
  void abandon();

  /** Makes sure that a bundle is open. */
  interface Bundle {
    void begin();
  }
}
