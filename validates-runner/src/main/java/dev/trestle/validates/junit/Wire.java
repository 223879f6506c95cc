package dev.trestle.validates.junit;

import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What the parent and a worker tell each other over the worker's standard input and output: a test
 * one way, its result the other way, in turn.
 */
final class Wire {
  private static final int MAX_CAUSE = 400;

  private Wire() {}

  static void writeTest(TestId test, DataOutputStream out) throws IOException {
    out.writeUTF(test.className());
    out.writeUTF(test.method());
    out.flush();
  }

  /**
   * @throws java.io.EOFException when there is no more to do
   */
  static TestId readTest(DataInputStream in) throws IOException {
    return new TestId(in.readUTF(), in.readUTF());
  }

  static void writeResult(TestResult result, DataOutputStream out) throws IOException {
    out.writeUTF(result.outcome().name());
    out.writeLong(result.millis());
    String cause = result.cause();
    out.writeUTF(cause.length() > MAX_CAUSE ? cause.substring(0, MAX_CAUSE) : cause);
    out.flush();
  }

  /**
   * @throws java.io.EOFException if the worker has died
   */
  static TestResult readResult(TestId test, DataInputStream in) throws IOException {
    return new TestResult(test, Outcome.valueOf(in.readUTF()), in.readLong(), in.readUTF());
  }
}
