package dev.trestle.validates.sdk;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.trestle.validates.program.TestEvent;
import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GoProgramTest {
  private static final TestId TEST = new TestId("example.org/a/b", "TestIt");

  private final GoProgram program =
      new GoProgram(
          new GoSdk(
              Map.of(
                  "example.org/a/b",
                  new GoSdk.TestPackage(Path.of("b.test"), Path.of("src"), Pattern.compile(".*")),
                  "example.org/c",
                  new GoSdk.TestPackage(Path.of("c.test"), Path.of("src"), Pattern.compile(".*"))),
              Path.of("test2json")),
          new GoProgram.Flags(
              List.of("--runner=x", "--worker_binary=" + GoSdk.OWN_BINARY),
              Map.of("example.org/c", List.of("--runner=y"))),
          Path.of("reports"));

  @Test
  void aTestThatPassesBeginsAndEnds() {
    assertThat(program.events(event("run", "TestIt")), contains(new TestEvent.Started(TEST)));
    assertThat(
        program.events(event("pass", "TestIt")),
        contains(new TestEvent.Ended(TEST, Outcome.PASSED, "", "")));
  }

  @Test
  void aTestThatWaitsForOthersIsNotRunning() {
    assertThat(program.events(event("pause", "TestIt")), contains(new TestEvent.Paused(TEST)));
    assertThat(program.events(event("cont", "TestIt")), contains(new TestEvent.Started(TEST)));
  }

  @Test
  void whatIsBelowATestBelongsToIt() {
    assertThat(program.events(event("run", "TestIt/part")), empty());
    assertThat(program.events(event("fail", "TestIt/part")), empty());
    assertThat(
        program.events(
            "{\"Action\":\"output\",\"Package\":\"example.org/a/b\",\"Test\":\"TestIt/part\","
                + "\"Output\":\"said\\n\"}"),
        contains(new TestEvent.Printed(TEST, "said\n")));
  }

  @Test
  void whatIsNoEventOfATestIsNothing() {
    assertThat(program.events("{\"Action\":\"pass\",\"Package\":\"example.org/a/b\"}"), empty());
    assertThat(program.events("exit status 2"), empty());
  }

  @Test
  void theFirstComplaintIsTheCause() {
    assertThat(
        program.cause("=== RUN   TestIt\n    it_test.go:12: job failed: why\n    more\n"),
        is("it_test.go:12: job failed: why"));
    assertThat(program.cause("panic: oh no\ngoroutine 1\n"), is("panic: oh no"));
    assertThat(program.cause(""), is("no reason given"));
  }

  @Test
  void aPackageIsABatch() {
    TestId other = new TestId("example.org/c", "TestOther");
    TestId more = new TestId("example.org/a/b", "TestMore");
    assertThat(
        program.batches(List.of(TEST, other, more), 4),
        containsInAnyOrder(List.of(TEST, more), List.of(other)));
  }

  @Test
  void aBatchIsChosenByName() {
    List<String> command =
        program.command(List.of(TEST, new TestId("example.org/a/b", "TestMore"))).command();
    assertThat(command, hasItems("b.test", "-test.run=^(TestIt|TestMore)$", "--runner=x"));
    assertThat(command, hasItem("--worker_binary=b.test"));
  }

  @Test
  void aPackageMayHaveItsOwnFlags() {
    List<String> command =
        program.command(List.of(new TestId("example.org/c", "TestOther"))).command();
    assertThat(command, hasItem("--runner=y"));
    assertThat(command, not(hasItem("--runner=x")));
  }

  private static String event(String action, String test) {
    return "{\"Action\":\"%s\",\"Package\":\"example.org/a/b\",\"Test\":\"%s\"}"
        .formatted(action, test);
  }
}
