package dev.trestle.validates.junit.samples;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.fail;
import static org.junit.Assume.assumeTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.BeforeClass;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/** Tests that end in each of the ways in which a test can end. */
@RunWith(JUnit4.class)
public class Endings {
  @Test
  public void passes() {
    System.out.println("nobody needs to read this");
  }

  @Test
  public void passesToo() {}

  @Test
  public void fails() {
    System.out.println("said before it failed");
    throw new IllegalStateException("outer", new ArithmeticException("inner"));
  }

  @Test
  public void skips() {
    assumeTrue("only on Sundays", false);
  }

  @Test
  public void hangs() throws InterruptedException {
    waitForGodot();
  }

  private static void waitForGodot() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  @Test
  public void killsItsProcess() {
    Runtime.getRuntime().halt(42);
  }

  @Test
  public void seesProperty() {
    assertEquals("yes", System.getProperty("trestle.sample"));
  }

  /** Fails before its test begins. */
  @RunWith(JUnit4.class)
  public static class FailsToBegin {
    @BeforeClass
    public static void begin() {
      fail("no begin");
    }

    @Test
    public void neverRuns() {}
  }
}
