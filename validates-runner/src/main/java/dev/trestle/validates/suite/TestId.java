package dev.trestle.validates.suite;

import java.util.Comparator;

/**
 * One test, as {@code binary.ClassName#method}; a parameterized test's method has its {@code
 * [parameters]} at the end. In other languages a module, a package or the title of a group stands
 * for the class.
 */
public record TestId(String className, String method) implements Comparable<TestId> {
  private static final Comparator<TestId> ORDER =
      Comparator.comparing(TestId::className).thenComparing(TestId::method);

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if the text is not {@code class#method}
   */
  public static TestId parse(String text) {
    int hash = text.indexOf('#');
    if (hash <= 0 || hash == text.length() - 1) {
      throw new IllegalArgumentException("not of the form class#method: " + text);
    }
    return new TestId(text.substring(0, hash), text.substring(hash + 1));
  }

  /** The name without the package, or without the path to the package. */
  public String shortName() {
    int start = Math.max(className.lastIndexOf('.'), className.lastIndexOf('/'));
    return className.substring(start + 1) + "#" + method;
  }

  /** A name for the file with the details of the test. */
  public String fileName() {
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
