package dev.trestle.server.environment;

/**
 * A worker that has been started. Its connection has been closed, or is being closed, when it is to
 * stop; most stop by themselves then.
 */
interface RunningWorker {

  /** Says that it is to stop; does not wait for it. */
  void stop();

  /** Waits until it has stopped, and has it end by force after a while. */
  void awaitStopped();
}
