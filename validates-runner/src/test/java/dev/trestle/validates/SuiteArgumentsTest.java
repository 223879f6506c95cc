package dev.trestle.validates;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.validates.suite.UsageException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SuiteArgumentsTest {
  @Test
  void optionsMayComeBeforeAndAfterTheSuite() {
    SuiteOptions options =
        SuiteArguments.parse("--jobs=3", "java-streaming", "--limit=7", "--option=--a=b=c");
    assertThat(options.suite(), is(Suite.JAVA_STREAMING));
    assertThat(options.jobs(), is(3));
    assertThat(options.limit(), is(Duration.ofSeconds(7)));
    assertThat(options.pipelines().options(), contains("--a=b=c"));
    assertThat(options.fast(), is(false));
  }

  @Test
  void aServerAndAnEnvironmentMayBeGiven() {
    SuiteOptions.Pipelines pipelines =
        SuiteArguments.parse(
                "python",
                "--fast",
                "--endpoint=localhost:1",
                "--environment=PROCESS",
                "--environment-config={\"command\": \"x\"}")
            .pipelines();
    assertThat(pipelines.endpoint(), is("localhost:1"));
    assertThat(pipelines.environment(), is("PROCESS"));
    assertThat(pipelines.environmentConfig(), is("{\"command\": \"x\"}"));
  }

  @Test
  void whatIsNotGivenIsLeftToTheSuite() {
    SuiteOptions options = SuiteArguments.parse("go");
    assertThat(options.pipelines().endpoint(), nullValue());
    assertThat(options.pipelines().environment(), nullValue());
    assertThat(options.java().runner(), nullValue());
  }

  @Test
  void mistakesAreNamed() {
    assertThat(error(), containsString("which suite"));
    assertThat(
        error("java-batch"), containsString("no suite 'java-batch'; there are java-bounded"));
    assertThat(error("java-bounded", "java-streaming"), containsString("java-streaming"));
    assertThat(error("java-bounded", "--faster"), containsString("--faster"));
    assertThat(error("java-bounded", "--jobs=0"), containsString("--jobs=0"));
    assertThat(error("java-bounded", "--jobs=two"), containsString("--jobs=two"));
    assertThat(error("python", "--endpoint"), containsString("--endpoint"));
    assertThat(error("python", "--ending=x"), containsString("--ending=x"));
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void theHelpHasEverySuite(Suite suite) {
    assertThat(SuiteArguments.HELP, containsString("\n  " + suite.label() + " "));
  }

  private static String error(String... args) {
    return assertThrows(UsageException.class, () -> SuiteArguments.parse(args)).getMessage();
  }
}
