package dev.trestle.runner.control;

import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob.State;
import java.io.IOException;

/**
 * The verbs for a job that runs. Any thread may call; a call waits until what it asks for has
 * happened, and to interrupt it or to end its process leaves the job alone.
 *
 * <p>All throw {@link JobRefusal} if the job cannot do it or has ended meanwhile, and {@code
 * IOException} if it was tried and has failed, or nobody can be asked.
 */
public interface JobControl {

  /** How the job stands. */
  JobStatus status() throws IOException;

  /**
   * Takes a savepoint; the job goes on.
   *
   * @return its place
   */
  String savepoint() throws IOException, InterruptedException;

  /**
   * Takes a savepoint and cancels the job right behind it.
   *
   * @return its place
   */
  String stop() throws IOException, InterruptedException;

  /**
   * Has the job come to its end in good order: sources stop reading, and what they have read goes
   * through, as if the input had ended there.
   *
   * @return how it has ended
   */
  State drain() throws IOException, InterruptedException;

  /**
   * Cancels the job.
   *
   * @return how it has ended
   */
  State cancel() throws IOException, InterruptedException;
}
