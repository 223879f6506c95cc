package dev.trestle.server.jobs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.junit.jupiter.api.Test;

final class WorkerMessagesTest {

  private final List<String> said = new ArrayList<>();
  private final WorkerMessages messages =
      new WorkerMessages("job-1", (importance, text) -> said.add(importance + " " + text));

  private void log(String text) {
    messages.logged(
        LogEntry.newBuilder()
            .setSeverity(LogEntry.Severity.Enum.WARN)
            .setMessage(text)
            .setTrace("")
            .build());
  }

  @Test
  void whatWorkersLogIsSaid() {
    log("careful");
    assertThat(said, contains("JOB_MESSAGE_WARNING careful"));
  }

  @Test
  void aTraceFollows() {
    messages.logged(LogEntry.newBuilder().setMessage("failed").setTrace("at line 1").build());
    assertThat(said, contains("JOB_MESSAGE_BASIC failed\nat line 1"));
  }

  @Test
  void whatTheClientHasBeenToldIsNotSaidAgain() {
    log("(time=2026-01-01T00:00:00Z)(id=job-1-7)careful");
    assertThat(said, empty());
  }

  @Test
  void messagesOfOtherJobsAreNoEchoes() {
    log("(id=job-2-7)careful");
    assertThat(said, contains("JOB_MESSAGE_WARNING (id=job-2-7)careful"));
  }
}
