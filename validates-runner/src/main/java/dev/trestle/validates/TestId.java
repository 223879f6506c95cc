package dev.trestle.validates;

import java.util.Comparator;
import org.junit.runner.Description;

/**
 * One test, as {@code binary.ClassName#method}; a parameterized test's method has its {@code
 * [parameters]} at the end.
 */
record TestId(String className, String method) implements Comparable<TestId> {
  private static final Comparator<TestId> ORDER =
      Comparator.comparing(TestId::className).thenComparing(TestId::method);

  static TestId of(Description leaf) {
    return new TestId(leaf.getClassName(), leaf.getMethodName());
  }

  /**
   * @throws IllegalArgumentException if the text is not {@code class#method}
   */
  static TestId parse(String text) {
    int hash = text.indexOf('#');
    if (hash <= 0 || hash == text.length() - 1) {
      throw new IllegalArgumentException("not of the form class#method: " + text);
    }
    return new TestId(text.substring(0, hash), text.substring(hash + 1));
  }

  /** The name without the package. */
  String shortName() {
    return className.substring(className.lastIndexOf('.') + 1) + "#" + method;
  }

  /** A name for the file with the details of the test. */
  String fileName() {
    return toString().replaceAll("[^\\w.$#-]", "_") + ".txt";
  }

  @Override
  public int compareTo(TestId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return className + "#" + method;
  }
}
