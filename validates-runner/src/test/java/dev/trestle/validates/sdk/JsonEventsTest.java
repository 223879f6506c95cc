package dev.trestle.validates.sdk;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dev.trestle.validates.program.TestEvent;
import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonEventsTest {
  private static final TestId TEST = new TestId("some_test.SomeTest", "test_it[a b]");

  @Test
  void aProgramTellsWhichTestsItHas() {
    assertThat(
        JsonEvents.found("{\"event\": \"found\", \"test\": \"some_test.SomeTest#test_it[a b]\"}"),
        is(Optional.of(TEST)));
    assertThat(JsonEvents.found("{\"event\": \"start\", \"test\": \"a#b\"}"), is(Optional.empty()));
  }

  @Test
  void aProgramTellsHowTestsEnd() {
    assertThat(
        JsonEvents.events("{\"event\": \"start\", \"test\": \"some_test.SomeTest#test_it[a b]\"}"),
        contains(new TestEvent.Started(TEST)));
    assertThat(
        JsonEvents.events(
            "{\"event\": \"end\", \"test\": \"some_test.SomeTest#test_it[a b]\","
                + " \"outcome\": \"failed\", \"cause\": \"why\", \"details\": \"where\"}"),
        contains(new TestEvent.Ended(TEST, Outcome.FAILED, "why", "where")));
  }

  @Test
  void whatLibrariesPrintIsNoEvent() {
    for (String line : new String[] {"", "hello", "{not json", "{\"a\": 1}", "null"}) {
      assertThat(line, JsonEvents.events(line), empty());
      assertThat(line, JsonEvents.found(line), is(Optional.empty()));
    }
  }

  @Test
  void aTestMaySayThatItTakesLonger() {
    assertThat(
        JsonEvents.events("{\"event\": \"start\", \"test\": \"a#b\", \"allowance\": 90}"),
        contains(new TestEvent.Started(new TestId("a", "b"), Duration.ofSeconds(90))));
  }
}
