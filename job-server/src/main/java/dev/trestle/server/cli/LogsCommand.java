package dev.trestle.server.cli;

import dev.trestle.runner.remote.JobFollower;
import java.time.Instant;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import picocli.CommandLine.Command;

/** Shows what a job says. */
@Command(
    name = "logs",
    description = {
      "Shows what a job at a server and its workers say, until it ends.",
      "With --json, an object on each line."
    })
public final class LogsCommand extends JobQuery {

  private static final String STATE = "STATE";

  public LogsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void show(KnownJob job) throws InterruptedException {
    new JobFollower(job.serverOr("log"), job.id(), this::show).follow();
  }

  private void show(JobMessagesResponse heard) {
    if (heard.hasMessageResponse()) {
      JobMessage message = heard.getMessageResponse();
      String importance = message.getImportance().name().replace("JOB_MESSAGE_", "");
      show(message.getTime(), importance, message.getMessageText());
    } else {
      JobStateEvent event = heard.getStateResponse();
      String time =
          Instant.ofEpochSecond(event.getTimestamp().getSeconds(), event.getTimestamp().getNanos())
              .toString();
      show(time, STATE, event.getState().name());
    }
  }

  private void show(String time, String importance, String text) {
    terminal()
        .out()
        .println(
            isJson()
                ? JobsJson.line(time, importance, text)
                : String.join(" ", time, importance, text));
    terminal().out().flush();
  }
}
