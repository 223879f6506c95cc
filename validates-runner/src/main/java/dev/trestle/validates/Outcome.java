package dev.trestle.validates;

/** How a test ended. */
enum Outcome {
  PASSED,
  /** Failed, did not end in time, or took its process down. */
  FAILED,
  /** Ignored by annotation, or an assumption did not hold. */
  SKIPPED
}
