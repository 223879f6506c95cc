package dev.trestle.validates.suite;

/** How a test ended. */
public enum Outcome {
  PASSED,
  /** Failed, did not end in time, or took its process down. */
  FAILED,
  /** Ignored by annotation, or an assumption did not hold. */
  SKIPPED
}
