package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.WorkerException;

/** How many SDK workers a server may have, for all jobs together. Any thread may call. */
public final class WorkerQuota {

  private final int most;

  @GuardedBy("this")
  private int taken;

  /**
   * @param most at least 1
   */
  public WorkerQuota(int most) {
    this.most = most;
  }

  int most() {
    return most;
  }

  /**
   * Takes room for workers, whether they are started then or not.
   *
   * @throws WorkerException if there is too little; none is taken then
   */
  synchronized void take(int workers) throws WorkerException {
    if (workers > most - taken) {
      throw new WorkerException(
          "The job needs "
              + workers
              + " more SDK workers, and the server has "
              + taken
              + " of at most "
              + most
              + " (--max-workers); try again when another job has ended");
    }
    taken += workers;
  }

  synchronized void giveBack(int workers) {
    taken -= workers;
  }
}
