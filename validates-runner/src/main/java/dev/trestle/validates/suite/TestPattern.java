package dev.trestle.validates.suite;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A choice of tests by name, such as {@code ParDoTest*} or {@code *#testSideInput*}. */
public record TestPattern(String glob, Pattern pattern) {

  /**
   * {@code *} stands for any text; without {@code #} any method of the classes; a class may be
   * given without its package.
   */
  public static TestPattern of(String glob) {
    String regex =
        Arrays.stream((glob.contains("#") ? glob : glob + "#*").split("\\*", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return new TestPattern(glob, Pattern.compile(regex));
  }

  public boolean matches(TestId test) {
    return pattern.matcher(test.toString()).matches()
        || pattern.matcher(test.shortName()).matches();
  }
}
