package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.Relief;
import java.util.List;

/**
 * Gives turns to tasks. There are three: threads, one step at a time by hand, and a seeded
 * simulation. A task that has something to do is <em>ready</em>; of ready tasks those furthest
 * downstream go first, so that data leaves the job before more comes in.
 */
public interface Scheduler extends Relief {

  /** Takes the tasks of a job; every one is ready at first. */
  void start(List<Task> tasks);

  /** Says that a task is ready. Any thread may call; the task makes sure that it is queued once. */
  void ready(Task task);

  /**
   * Says that a task wants a turn when processing time has reached {@code millis}, unless it is
   * ready before.
   */
  void wakeAt(Task task, long millis);

  /**
   * Says that one task more, or one less, has others do something that will wake it. Nothing is
   * quiet as long as one does. Any thread may call.
   */
  void awaits(boolean begins);

  /**
   * Ends: no task gets a turn any more once this returns. A turn that does not end although its
   * thread was interrupted is not waited for beyond some seconds; {@link Task#retire} tells.
   */
  void stop() throws InterruptedException;
}
