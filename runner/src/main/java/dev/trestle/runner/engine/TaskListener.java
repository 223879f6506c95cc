package dev.trestle.runner.engine;

/** Hears how tasks end. Called by the thread that ran the task. */
interface TaskListener {

  /** The task has come to its end. */
  void finished(Task task);

  /** Everything before a checkpoint's barrier has taken effect in the task, nothing behind it. */
  void barrierPassed(Task task, long barrier);

  /** The task has failed; its bundle's effects are lost, and with them the job. */
  void failed(Task task, Throwable cause);
}
