package dev.trestle.runner.exchange;

/** Something that runs when there is something to do. */
public interface Wakeable {

  /** Says that there may be something to do. Any thread may call. */
  void wake();
}
