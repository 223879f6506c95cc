package dev.trestle.validates;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JavaSuiteTest {

  @ParameterizedTest
  @EnumSource(
      names = {
        "JAVA_BOUNDED",
        "JAVA_STREAMING",
        "NEEDS_RUNNER",
        "JAVA_PORTABLE",
        "JAVA_BEAM_CLIENT",
        "CROSS_LANGUAGE"
      })
  void everySuiteIsComplete(Suite suite) {
    assertThat(suite.source(), instanceOf(JavaSuite.class));
    assertThat(((JavaSuite) suite.source()).catalog().tests().size(), is(suite.size()));
  }
}
