package dev.trestle.runner.operator;

import java.io.IOException;

/**
 * One step of a stage within one task. Its outputs are given to its constructor; elements come
 * through {@link Receiver#accept}.
 *
 * <p>Order of calls: {@code open}, then any number of bundles ({@code startBundle}, elements,
 * {@code finishBundle}), then {@code close}, which comes after a failure too. {@code flush} comes
 * between bundles. Only the thread that runs the task calls.
 *
 * <p>Any exception of the user's code leaves as {@code UserCodeException}; it fails the bundle.
 */
public interface Operator extends Receiver {

  /** Prepares for the first bundle. */
  void open(OperatorContext context) throws Exception;

  void startBundle();

  void finishBundle();

  /**
   * Hands on whatever the operator keeps back to save work (partial aggregates). Called before a
   * watermark or a barrier passes the operator.
   */
  void flush();

  /**
   * A lower bound, in milliseconds, on the timestamps of future output that elements accepted so
   * far may cause; {@code Long.MAX_VALUE} where there is none. The task's output watermark stays at
   * or below it.
   */
  long hold();

  /**
   * Writes what the operator must not lose, between bundles and right after {@code flush}. An
   * operator of a job that goes on from there finds it in {@link OperatorContext#restored}, when it
   * is opened.
   *
   * @throws IOException if it cannot be written; the operator goes on unharmed
   */
  void snapshot(SnapshotWriter out) throws IOException;

  /** Releases what the operator has. */
  void close() throws Exception;
}
