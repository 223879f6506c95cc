package dev.trestle.runner.engine;

import dev.trestle.runner.operator.AsyncWork;
import dev.trestle.runner.operator.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * What the operators of one task have others do. Most tasks have none. Belongs to the task's owner.
 */
final class PendingWork {

  /** Those downstream first: operators are opened in that order. */
  private final List<AsyncWork> works = new ArrayList<>();

  void add(AsyncWork work) {
    works.add(work);
  }

  /** See {@link AsyncWork#attend}. */
  void attend() {
    for (int i = 0; i < works.size(); i++) {
      works.get(i).attend();
    }
  }

  /** Whether anything has come back that can be handed on. */
  boolean hasArrived() {
    for (int i = 0; i < works.size(); i++) {
      if (works.get(i).hasArrived()) {
        return true;
      }
      if (works.get(i).isFull()) {
        return false;
      }
    }
    return false;
  }

  /** Hands on what has come back, unless it would go to one that is full. */
  void deliver(Slice slice, Driver.Bundle bundle) {
    for (int i = 0; i < works.size() && !slice.isUsedUp(); i++) {
      if (works.get(i).hasArrived()) {
        bundle.begin();
        works.get(i).deliver(slice);
      }
      if (works.get(i).isFull()) {
        return;
      }
    }
  }

  /** Whether no input should be read for now. */
  boolean isFull() {
    for (int i = 0; i < works.size(); i++) {
      if (works.get(i).isFull()) {
        return true;
      }
    }
    return false;
  }

  /** Whether anything is out, or has come back and is not handed on yet. */
  boolean isOut() {
    for (int i = 0; i < works.size(); i++) {
      if (works.get(i).isOut()) {
        return true;
      }
    }
    return false;
  }

  /** See {@link AsyncWork#rest}. */
  void rest() {
    for (int i = 0; i < works.size(); i++) {
      works.get(i).rest();
    }
  }

  /** See {@link AsyncWork#hasten}. */
  void hasten() {
    for (int i = 0; i < works.size(); i++) {
      works.get(i).hasten();
    }
  }

  /** See {@link AsyncWork#nextAttention}. */
  long nextAttention() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < works.size(); i++) {
      least = Math.min(least, works.get(i).nextAttention());
    }
    return least;
  }
}
