package dev.trestle.state.checkpoint;

/**
 * Another process has taken the job with a higher epoch. This one can commit nothing any more and
 * has to stop; trying again does not help.
 */
public final class FencedException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * @param jobName the job
   * @param epoch this process's epoch
   * @param why what it found
   */
  public FencedException(String jobName, long epoch, String why) {
    super("Job " + jobName + " no longer belongs to this process (epoch " + epoch + "): " + why);
  }
}
