package dev.trestle.validates.suite;

/**
 * What became of a test.
 *
 * @param millis wall time
 * @param cause one line on why it failed or was skipped, empty where it passed
 */
public record TestResult(TestId test, Outcome outcome, long millis, String cause) {}
