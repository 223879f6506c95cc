package dev.trestle.integration.chaos;

import java.util.Random;

/**
 * When a process is to be killed.
 *
 * @param after what has to have happened since it was started
 * @param millis how long after that
 */
public record Kill(Moment after, long millis) {

  /** What a process has done. */
  public enum Moment {
    /** It has been started, and may not have restored anything yet. */
    START(6_000),
    /** It has committed a checkpoint, and begins to write what that made stable. */
    CHECKPOINT(400),
    /** It has written something. */
    RESULT(2_500);

    private final int longestMillis;

    Moment(int longestMillis) {
      this.longestMillis = longestMillis;
    }
  }

  /** The next kill by chance: a fifth of them before anything is known to have happened. */
  public static Kill next(Random random) {
    Moment after =
        switch (random.nextInt(5)) {
          case 0 -> Moment.START;
          case 1, 2 -> Moment.CHECKPOINT;
          default -> Moment.RESULT;
        };
    return new Kill(after, random.nextInt(after.longestMillis));
  }
}
