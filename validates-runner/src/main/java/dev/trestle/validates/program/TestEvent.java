package dev.trestle.validates.program;

import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import java.time.Duration;

/** What a test program says about a test. */
public sealed interface TestEvent {

  TestId test();

  /**
   * It runs.
   *
   * @param allowance by how much longer than the limit it may take
   */
  record Started(TestId test, Duration allowance) implements TestEvent {

    public Started(TestId test) {
      this(test, Duration.ZERO);
    }
  }

  /** The test waits for others and is not running. */
  record Paused(TestId test) implements TestEvent {}

  /** A part of what the test has printed. */
  record Printed(TestId test, String text) implements TestEvent {}

  /**
   * The test has come to its end.
   *
   * @param cause one line on why it failed or was skipped; empty if the program does not say
   * @param details what to know besides, perhaps nothing
   */
  record Ended(TestId test, Outcome outcome, String cause, String details) implements TestEvent {}
}
