package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Operator;
import java.util.List;

/**
 * The operators of one task, in topological order, the root first, and what becomes of all of them
 * at once. Those downstream are opened and begin a bundle first; those upstream end it first.
 * Belongs to the task's owner.
 */
final class OperatorChain {

  private final List<Operator> operators;
  private final TaskContext context;
  private boolean opened;
  private boolean closed;
  private boolean inBundle;
  private long lastFlush = System.nanoTime();

  /**
   * Operators that are not open yet.
   *
   * @param operators the root first
   * @param context of each, by its place
   */
  OperatorChain(List<Operator> operators, TaskContext context) {
    this.operators = operators;
    this.context = context;
  }

  Operator get(int place) {
    return operators.get(place);
  }

  int size() {
    return operators.size();
  }

  /** Opens them, once. */
  void open() throws Exception {
    if (!opened) {
      opened = true;
      for (int i = operators.size() - 1; i >= 0; i--) {
        operators.get(i).open(context.of(i));
      }
    }
  }

  /** Begins a bundle where there is none. */
  void beginBundle() {
    if (!inBundle) {
      inBundle = true;
      for (int i = operators.size() - 1; i >= 0; i--) {
        operators.get(i).startBundle();
      }
    }
  }

  /** Ends the bundle. Returns whether there was one. */
  boolean endBundle() {
    if (!inBundle) {
      return false;
    }
    for (int i = 0; i < operators.size(); i++) {
      operators.get(i).finishBundle();
    }
    inBundle = false;
    return true;
  }

  /** Has them hand on what they keep back for the sake of speed. */
  void flush() {
    for (int i = 0; i < operators.size(); i++) {
      operators.get(i).flush();
    }
    lastFlush = System.nanoTime();
  }

  /** When they were flushed last, or else made, by {@code System.nanoTime}. */
  long lastFlush() {
    return lastFlush;
  }

  /** The least of their holds, in milliseconds; {@code Long.MAX_VALUE} for none. */
  long hold() {
    long hold = Long.MAX_VALUE;
    for (int i = 0; i < operators.size(); i++) {
      hold = Math.min(hold, operators.get(i).hold());
    }
    return hold;
  }

  /**
   * Closes them and then the task's state, once, if they have been opened.
   *
   * @throws Exception what the first of them has failed with, the others' as suppressed
   */
  void close() throws Exception {
    if (closed || !opened) {
      return;
    }
    closed = true;
    Exception first = null;
    for (Operator operator : operators) {
      try {
        operator.close();
      } catch (Exception e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    context.state().close();
    if (first != null) {
      throw first;
    }
  }
}
