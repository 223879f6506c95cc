package dev.trestle.validates.program;

import dev.trestle.validates.suite.TestId;
import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;

/** A program that runs tests and says on its standard output what becomes of them. Stateless. */
public interface TestProgram {

  /** The tests that it has. */
  NavigableSet<TestId> tests() throws IOException, InterruptedException;

  /**
   * Divides tests into lists of which each can be run by one process.
   *
   * @param jobs how many processes there are going to be side by side
   */
  List<List<TestId>> batches(List<TestId> tests, int jobs);

  /**
   * What runs the tests of a batch, or what is left of it, in some order.
   *
   * @param batch not empty
   */
  ProcessBuilder command(List<TestId> batch) throws IOException;

  /** What a line of the program's standard output says, in order; nothing if it is not of ours. */
  List<TestEvent> events(String line);

  /** The line that says why a test failed, of all that was printed meanwhile. */
  String cause(String printed);
}
