package dev.trestle.runner.compatibility;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.compatibility.Part.Role;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CompatibilityTest {

  private static final Part KEY = part(Role.KEY_CODER, "", "VarLong");
  private static final Part KEY_NOW = part(Role.KEY_CODER, "", "Utf8");
  private static final Part WINDOWS = part(Role.WINDOWING, "", "hours");
  private static final Part WINDOWS_NOW = part(Role.WINDOWING, "", "days");
  private static final Part SEEN = part(Role.STATE, "seen", "bag of Utf8");
  private static final Part SEEN_NOW = part(Role.STATE, "seen", "set of Utf8");
  private static final Part SEEN_INSIDE = new Part(Role.STATE, "seen", "bag of Utf8", "other");
  private static final Part LAST = part(Role.STATE, "last", "value of Utf8");
  private static final Part DUE = part(Role.TIMER, "due", "EVENT_TIME");
  private static final Part DUE_NOW = part(Role.TIMER, "due", "PROCESSING_TIME");
  private static final Part MARK = part(Role.MARK_CODER, "", "Mark");

  private static final String NOTHING = "";

  private static Part part(Role role, String name, String text) {
    return new Part(role, name, text, "identity of " + text);
  }

  private static Arguments of(String name, List<Part> before, List<Part> now, String reasons) {
    return Arguments.of(name, before, now, reasons);
  }

  private static Stream<Arguments> changes() {
    return Stream.of(
        of("nothing", List.of(KEY, SEEN, DUE), List.of(KEY, SEEN, DUE), NOTHING),
        of("order of parts", List.of(KEY, SEEN), List.of(SEEN, KEY), NOTHING),
        of("key coder", List.of(KEY), List.of(KEY_NOW), "its key coder was VarLong and is Utf8"),
        of(
            "windows",
            List.of(WINDOWS),
            List.of(WINDOWS_NOW),
            "its windowing was hours and is days"),
        of(
            "kind of a cell",
            List.of(SEEN),
            List.of(SEEN_NOW),
            "its state 'seen' was bag of Utf8 and is set of Utf8"),
        of(
            "what the text does not tell",
            List.of(SEEN),
            List.of(SEEN_INSIDE),
            "its state 'seen', bag of Utf8, has changed inside"),
        of("cell that is new", List.of(SEEN), List.of(SEEN, LAST), NOTHING),
        of("cell that is gone", List.of(SEEN, LAST), List.of(SEEN), NOTHING),
        of("timer that is new", List.of(SEEN), List.of(SEEN, DUE), NOTHING),
        of(
            "timer that is gone",
            List.of(DUE),
            List.of(),
            "its timer 'due' was EVENT_TIME and is gone"),
        of(
            "domain of a timer",
            List.of(DUE),
            List.of(DUE_NOW),
            "its timer 'due' was EVENT_TIME and is PROCESSING_TIME"),
        of("coder that is new", List.of(), List.of(MARK), "its coder of checkpoint marks is new"),
        of(
            "several",
            List.of(KEY, DUE),
            List.of(KEY_NOW),
            "its key coder was VarLong and is Utf8; its timer 'due' was EVENT_TIME and is gone"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void stepInBoth(String name, List<Part> before, List<Part> now, String reasons) {
    CompatibilityReport report =
        Compatibility.compare(pipeline(before), pipeline(now), Set.of("step"));
    assertThat(
        report.describeLosses(), is(reasons.equals(NOTHING) ? NOTHING : "  step: " + reasons));
    assertThat(report.lost(), is(reasons.equals(NOTHING) ? Set.of() : Set.of("step")));
    assertThat(report.begunAnew(), is(Set.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void stepWithoutStateMayChange(String name, List<Part> before, List<Part> now, String reasons) {
    CompatibilityReport report =
        Compatibility.compare(pipeline(before), pipeline(now), Set.of("another"));
    assertThat(report, is(CompatibilityReport.SAME));
  }

  private static Stream<Arguments> steps() {
    return Stream.of(
        Arguments.of("gone without state", Set.of("kept"), Set.of("kept"), "", Set.of()),
        Arguments.of(
            "gone with state",
            Set.of("kept", "old"),
            Set.of("kept"),
            "  old: it is not in the pipeline any more",
            Set.of()),
        Arguments.of("new", Set.of("kept"), Set.of("kept", "new"), "", Set.of("new")),
        Arguments.of(
            "renamed",
            Set.of("kept", "old"),
            Set.of("kept", "new"),
            "  old: it is not in the pipeline any more",
            Set.of("new")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void stepInOneOfThem(
      String name, Set<String> withState, Set<String> now, String losses, Set<String> begunAnew) {
    CompatibilityReport report =
        Compatibility.compare(steps(Set.of("kept", "old")), steps(now), withState);
    assertThat(report.describeLosses(), is(losses));
    assertThat(report.begunAnew(), is(begunAnew));
  }

  @Test
  void cellThatIsGoneIsMentioned() {
    CompatibilityReport report =
        Compatibility.compare(pipeline(List.of(SEEN)), pipeline(List.of()), Set.of("step"));
    assertThat(
        report.notes(),
        is(List.of("step: its state 'seen' is not declared any more; it stays unread")));
  }

  private static PipelineDescription pipeline(List<Part> parts) {
    return new PipelineDescription(List.of(new StepDescription("step", parts)));
  }

  private static PipelineDescription steps(Set<String> names) {
    return new PipelineDescription(
        names.stream().map(name -> new StepDescription(name, List.of(KEY))).toList());
  }
}
