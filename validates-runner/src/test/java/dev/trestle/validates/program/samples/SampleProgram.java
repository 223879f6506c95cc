package dev.trestle.validates.program.samples;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A test program. Its arguments are names of tests, which say what becomes of them; a line of its
 * output is an event and the test's name.
 */
public final class SampleProgram {
  private SampleProgram() {}

  /** See above. */
  public static void main(String[] tests) throws InterruptedException {
    for (String test : List.of(tests)) {
      if (test.equals("diesBefore")) {
        System.exit(3);
      }
      System.out.println("start " + test);
      switch (test) {
        case "fails" -> {
          System.err.println("said on standard error");
          System.out.println("print " + test + " said before it failed");
          System.out.println("fail " + test);
        }
        case "skips" -> System.out.println("skip " + test);
        case "hangs" -> {
          System.out.println("print " + test + " and waits");
          new CountDownLatch(1).await();
        }
        case "waitsForOthers" -> System.out.println("pause " + test);
        case "diesWithin" -> System.exit(42);
        default -> System.out.println("pass " + test);
      }
    }
  }
}
