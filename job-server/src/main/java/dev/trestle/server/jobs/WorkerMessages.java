package dev.trestle.server.jobs;

import dev.trestle.runner.worker.WorkerLog;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;

/**
 * What the workers of a job log is said to the job's user. None of it is an error of the job:
 * Beam's clients take the first one, or the last one, for what has made the job fail.
 *
 * <p>A worker in Go that is in the client's process takes over the log of the client, which logs
 * what it is told of the job. That is not said again, or it would go round for ever.
 *
 * @param job its id
 */
record WorkerMessages(String job, JobMessages messages) implements WorkerLog {

  @Override
  public void logged(LogEntry entry) {
    if (entry.getMessage().contains("(id=" + job + "-")) {
      return;
    }
    String trace = entry.getTrace();
    String text = trace.isEmpty() ? entry.getMessage() : entry.getMessage() + "\n" + trace;
    messages.add(importance(entry), isError(entry) ? entry.getSeverity() + " " + text : text);
  }

  private static boolean isError(LogEntry entry) {
    return entry.getSeverity() == LogEntry.Severity.Enum.ERROR
        || entry.getSeverity() == LogEntry.Severity.Enum.CRITICAL;
  }

  private static MessageImportance importance(LogEntry entry) {
    return switch (entry.getSeverity()) {
      case TRACE, DEBUG -> MessageImportance.JOB_MESSAGE_DEBUG;
      case UNSPECIFIED, INFO, NOTICE, UNRECOGNIZED -> MessageImportance.JOB_MESSAGE_BASIC;
      case WARN, ERROR, CRITICAL -> MessageImportance.JOB_MESSAGE_WARNING;
    };
  }
}
