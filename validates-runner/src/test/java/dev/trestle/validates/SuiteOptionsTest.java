package dev.trestle.validates;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SuiteOptionsTest {
  @Test
  void optionsMayComeBeforeAndAfterTheSuite() {
    SuiteOptions options =
        SuiteOptions.parse("--jobs=3", "java-streaming", "--limit=7", "--option=--a=b=c");
    assertThat(options.suite(), is(Suite.JAVA_STREAMING));
    assertThat(options.jobs(), is(3));
    assertThat(options.limit(), is(Duration.ofSeconds(7)));
    assertThat(options.pipelineOptions(), contains("--a=b=c"));
    assertThat(options.runner(), is("TestTrestleRunner"));
  }

  @Test
  void mistakesAreNamed() {
    assertThat(error(), containsString("which suite"));
    assertThat(
        error("java-batch"), containsString("no suite 'java-batch'; there are java-bounded"));
    assertThat(error("java-bounded", "java-streaming"), containsString("java-streaming"));
    assertThat(error("java-bounded", "--fast"), containsString("--fast"));
    assertThat(error("java-bounded", "--jobs=0"), containsString("--jobs=0"));
    assertThat(error("java-bounded", "--jobs=two"), containsString("--jobs=two"));
  }

  private static String error(String... args) {
    return assertThrows(UsageException.class, () -> SuiteOptions.parse(args)).getMessage();
  }
}
