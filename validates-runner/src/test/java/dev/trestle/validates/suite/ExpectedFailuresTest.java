package dev.trestle.validates.suite;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.validates.suite.ExpectedFailures.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpectedFailuresTest {
  @Test
  void linesAndComments() {
    ExpectedFailures list =
        parse("# a comment", "", "  a.B$C#d | state | it is | not there ", "a.E#f[0] | x | y");
    assertThat(
        list.byTest(),
        is(
            Map.of(
                new TestId("a.B$C", "d"),
                new Reason("state", "it is | not there"),
                new TestId("a.E", "f[0]"),
                new Reason("x", "y"))));
  }

  @Test
  void noFileIsAnEmptyList(@TempDir Path folder) throws IOException {
    assertThat(ExpectedFailures.read(folder.resolve("missing.txt")).byTest(), anEmptyMap());
  }

  @Test
  void errorsNameTheLine() {
    assertThat(error("", "a.B#c | state"), containsString("list.txt:2: expected 'class#method"));
    assertThat(error("a.B.c | state | why"), containsString("list.txt:1: not of the form"));
    assertThat(
        error("a.B#c | x | y", "a.B#c | x | z"), containsString("list.txt:2: listed twice: a.B#c"));
  }

  private static ExpectedFailures parse(String... lines) {
    return ExpectedFailures.parse("list.txt", Arrays.asList(lines));
  }

  private static String error(String... lines) {
    return assertThrows(UsageException.class, () -> parse(lines)).getMessage();
  }
}
