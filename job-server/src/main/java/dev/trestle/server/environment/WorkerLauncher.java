package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;

/** Starts workers of one environment of a job. Any thread may call. */
interface WorkerLauncher extends AutoCloseable {

  /**
   * Has a worker started that will connect, or whose death the connection is told.
   *
   * @throws WorkerException if it cannot be started, for the user
   * @throws IOException if something else does not work
   */
  RunningWorker launch(WorkerConnection connection)
      throws WorkerException, IOException, InterruptedException;

  /** Removes what its workers had in common. They have all been stopped. */
  @Override
  default void close() {}
}
