package dev.trestle.runner.operator;

/**
 * What an operator has others do, on threads of their own: it hands elements over, and what comes
 * back waits for the task, which it wakes ({@link OperatorContext#task}). An operator names its
 * work while it is being opened ({@link OperatorContext#addAsyncWork}).
 *
 * <p>The task reads no input while any of its work is full, so that those upstream are held up as
 * by a channel; lets no barrier and no end of its input pass while any is out; and counts as one
 * that has begun something, so that nobody takes the job for quiet. What is out holds the watermark
 * by {@link Operator#hold}.
 *
 * <p>Only the thread that runs the task calls.
 */
public interface AsyncWork {

  /**
   * Does what the others wait for and what hands nothing on: answers what they ask. Called in every
   * turn, also where there is no room downstream.
   */
  void attend();

  /** Whether {@link #deliver} would find anything. */
  boolean hasArrived();

  /**
   * Hands on what has come back, within a bundle, until all is handed on or the slice is used up.
   */
  void deliver(Slice slice);

  /** Whether the operator should be given no element for now. It takes those that come. */
  boolean isFull();

  /** Whether anything is out, or has come back and is not handed on yet. */
  boolean isOut();

  /**
   * Says that nothing more comes for now. What is gathered need not wait for more, unless there is
   * enough out: whoever ends that will ask again.
   */
  void rest();

  /** Says that a barrier waits for what is out. */
  void hasten();

  /**
   * When {@link #attend} wants to be called next although nothing has come, in milliseconds of
   * processing time; {@code Long.MAX_VALUE} for never.
   */
  long nextAttention();
}
