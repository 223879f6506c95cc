package dev.trestle.validates.suite;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TestPatternTest {
  @Test
  void patternsMayLeaveOutPackageAndMethod() {
    TestId nested = new TestId("a.b.Some$Nested", "method");
    assertThat(
        Stream.of("Some*", "a.b.*", "*#method", "Some$Nested", "Some$Nested#me*", "*#other", "Some")
            .map(pattern -> TestPattern.of(pattern).matches(nested))
            .toList(),
        contains(true, true, true, true, true, false, false));
  }

  @Test
  void aPathMayBeLeftOut() {
    TestId test = new TestId("example.org/go/some.v2/prim", "TestIt");
    assertThat(
        Stream.of("prim", "prim#TestIt", "*/prim", "go/some.v2/prim")
            .map(pattern -> TestPattern.of(pattern).matches(test))
            .toList(),
        contains(true, true, true, false));
  }
}
