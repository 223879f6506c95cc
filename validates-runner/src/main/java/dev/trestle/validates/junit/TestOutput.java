package dev.trestle.validates.junit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard output and error of a worker: what a test prints goes to the test's own file, up to a
 * limit; what comes between tests goes to the worker's standard error.
 *
 * <p>Any thread may write; one thread switches.
 */
final class TestOutput extends OutputStream {
  private static final int MAX_BYTES = 4 << 20;

  private final OutputStream between;

  @GuardedBy("this")
  private OutputStream current;

  @GuardedBy("this")
  private int left;

  private TestOutput(OutputStream between) {
    this.between = between;
    this.current = between;
    this.left = Integer.MAX_VALUE;
  }

  /** Takes over {@code System.out} and {@code System.err}. */
  static TestOutput install() {
    TestOutput output = new TestOutput(System.err);
    PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
    System.setOut(stream);
    System.setErr(stream);
    return output;
  }

  synchronized void switchTo(Path file) throws IOException {
    current = new BufferedOutputStream(Files.newOutputStream(file));
    left = MAX_BYTES;
  }

  /** Appends a text of our own, whatever the test has printed, and closes the test's file. */
  synchronized void end(String text) throws IOException {
    current.write(text.getBytes(StandardCharsets.UTF_8));
    current.close();
    current = between;
    left = Integer.MAX_VALUE;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    if (current == between) {
      between.write(bytes, offset, length);
      return;
    }
    int taken = Math.min(left, length);
    current.write(bytes, offset, taken);
    left -= taken;
    if (taken < length && taken > 0) {
      current.write("\n[the rest is left out]\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public synchronized void flush() throws IOException {
    if (current == between) {
      between.flush();
    }
  }
}
