package dev.trestle.server.cli;

import dev.trestle.runner.remote.JobFollower;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a job says. */
@Command(
    name = "logs",
    description = "Shows what a job at a server and its workers say, until it ends.")
public final class LogsCommand implements Callable<Integer> {

  private static final String STATE = "STATE";

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Mixin private final JobChoice choice = new JobChoice();

  @Option(names = "--json", description = "Prints a JSON object on each line.")
  private boolean json;

  private final Terminal terminal;

  public LogsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    verbosity.apply();
    return choice.visit(
        terminal, job -> new JobFollower(job.serverOr("log"), job.id(), this::show).follow());
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
    terminal
        .out()
        .println(
            json
                ? JobsJson.line(time, importance, text)
                : String.join(" ", time, importance, text));
    terminal.out().flush();
  }
}
