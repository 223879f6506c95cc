package dev.trestle.server.jobs;

import dev.trestle.runner.worker.WorkerLog;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;

/** What the workers of a job log is said to the job's user. */
record WorkerMessages(JobMessages messages) implements WorkerLog {

  @Override
  public void logged(LogEntry entry) {
    String trace = entry.getTrace();
    messages.add(
        importance(entry),
        trace.isEmpty() ? entry.getMessage() : entry.getMessage() + "\n" + trace);
  }

  private static MessageImportance importance(LogEntry entry) {
    return switch (entry.getSeverity()) {
      case TRACE, DEBUG -> MessageImportance.JOB_MESSAGE_DEBUG;
      case UNSPECIFIED, INFO, NOTICE, UNRECOGNIZED -> MessageImportance.JOB_MESSAGE_BASIC;
      case WARN -> MessageImportance.JOB_MESSAGE_WARNING;
      case ERROR, CRITICAL -> MessageImportance.JOB_MESSAGE_ERROR;
    };
  }
}
