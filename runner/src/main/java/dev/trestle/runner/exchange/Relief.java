package dev.trestle.runner.exchange;

/** Makes room in a channel while its writer is in the middle of a call. */
public interface Relief {

  /** Runs the tasks downstream on this thread until there is room, or nothing can be done. */
  void relieve(SingleWriterChannel channel);
}
