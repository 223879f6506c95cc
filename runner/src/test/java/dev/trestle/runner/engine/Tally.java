package dev.trestle.runner.engine;

/** What has happened in simulated runs. */
public final class Tally {

  int crashes;
  int checkpoints;
  int failedCheckpoints;
  int fenced;
  int zombies;
  int damaged;
  long steps;

  /** Processes that were lost, and jobs that failed and went on in the same process. */
  public int crashes() {
    return crashes;
  }

  /** Checkpoints that were committed. */
  public int checkpoints() {
    return checkpoints;
  }

  /** Checkpoints that failed, as far as their process knew. */
  public int failedCheckpoints() {
    return failedCheckpoints;
  }

  /** Processes that found out that another has their job. */
  public int fenced() {
    return fenced;
  }

  /** Crashes of which the process knew nothing: it went on later. */
  public int zombies() {
    return zombies;
  }

  /** Checkpoints that were damaged before the job was restored. */
  public int damaged() {
    return damaged;
  }

  /** Turns of all processes. */
  public long steps() {
    return steps;
  }

  /** Adds another's. */
  public void add(Tally other) {
    crashes += other.crashes;
    checkpoints += other.checkpoints;
    failedCheckpoints += other.failedCheckpoints;
    fenced += other.fenced;
    zombies += other.zombies;
    damaged += other.damaged;
    steps += other.steps;
  }

  @Override
  public String toString() {
    return String.format(
        "checkpoints=%d failed_checkpoints=%d zombies=%d fenced=%d damaged=%d steps=%d",
        checkpoints, failedCheckpoints, zombies, fenced, damaged, steps);
  }
}
