package dev.trestle.server.jobs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry.Severity;
import org.junit.jupiter.api.Test;

final class WorkerMessagesTest {

  private final List<String> said = new ArrayList<>();
  private final WorkerMessages log =
      new WorkerMessages("job-1", (importance, text) -> said.add(importance + " " + text));

  private void log(Severity.Enum severity, String text, String trace) {
    log.logged(
        LogEntry.newBuilder().setSeverity(severity).setMessage(text).setTrace(trace).build());
  }

  @Test
  void theUserIsToldWhatWorkersLog() {
    log(Severity.Enum.DEBUG, "a", "");
    log(Severity.Enum.INFO, "b", "");
    log(Severity.Enum.WARN, "c", "at d");
    assertThat(
        said,
        contains("JOB_MESSAGE_DEBUG a", "JOB_MESSAGE_BASIC b", "JOB_MESSAGE_WARNING c\nat d"));
  }

  @Test
  void anErrorThatIsLoggedIsNotTheJobs() {
    log(Severity.Enum.ERROR, "a", "");
    log(Severity.Enum.CRITICAL, "b", "at c");
    assertThat(
        said, contains("JOB_MESSAGE_WARNING ERROR a", "JOB_MESSAGE_WARNING CRITICAL b\nat c"));
  }

  @Test
  void whatTheClientHasBeenToldIsNotSaidAgain() {
    log(Severity.Enum.WARN, "(time=2026-01-01T00:00:00Z)(id=job-1-7)careful", "");
    assertThat(said, empty());
  }

  @Test
  void messagesOfOtherJobsAreNoEchoes() {
    log(Severity.Enum.WARN, "(id=job-2-7)careful", "");
    assertThat(said, contains("JOB_MESSAGE_WARNING (id=job-2-7)careful"));
  }
}
