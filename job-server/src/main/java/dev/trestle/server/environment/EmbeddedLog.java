package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Timestamp;

/**
 * The log of embedded workers, while this is open: what they log goes to their jobs. It comes from
 * java.util.logging, which a process has but once, and where the rest goes on to where it went. The
 * levels of its loggers hold for all; what is less than {@code INFO} is not logged.
 */
public final class EmbeddedLog extends Handler implements AutoCloseable {

  private static final Logger ROOT = Logger.getLogger("");
  private static final Formatter TEXT = new SimpleFormatter();

  private final Handler[] others = ROOT.getHandlers();

  private EmbeddedLog() {}

  /** Begins to listen. */
  public static EmbeddedLog open() {
    EmbeddedLog log = new EmbeddedLog();
    for (Handler other : log.others) {
      ROOT.removeHandler(other);
    }
    ROOT.addHandler(log);
    return log;
  }

  @Override
  public void publish(LogRecord logged) {
    WorkerConnection worker = EmbeddedThreads.currentWorker();
    if (worker != null) {
      worker.logged(entry(logged));
      return;
    }
    for (Handler other : others) {
      other.publish(logged);
    }
  }

  private static LogEntry entry(LogRecord logged) {
    Instant when = logged.getInstant();
    LogEntry.Builder entry =
        LogEntry.newBuilder()
            .setSeverity(severity(logged.getLevel()))
            .setTimestamp(
                Timestamp.newBuilder().setSeconds(when.getEpochSecond()).setNanos(when.getNano()))
            .setMessage(TEXT.formatMessage(logged))
            .setThread(Thread.currentThread().getName());
    if (logged.getLoggerName() != null) {
      entry.setLogLocation(logged.getLoggerName());
    }
    if (logged.getThrown() != null) {
      StringWriter trace = new StringWriter();
      logged.getThrown().printStackTrace(new PrintWriter(trace));
      entry.setTrace(trace.toString());
    }
    return entry.build();
  }

  /** As the harness translates them that is a process. */
  private static LogEntry.Severity.Enum severity(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return LogEntry.Severity.Enum.ERROR;
    } else if (value >= Level.WARNING.intValue()) {
      return LogEntry.Severity.Enum.WARN;
    } else if (value >= Level.INFO.intValue()) {
      return LogEntry.Severity.Enum.INFO;
    }
    return LogEntry.Severity.Enum.DEBUG;
  }

  @Override
  public void flush() {
    for (Handler other : others) {
      other.flush();
    }
  }

  /** Has everything go where it went before. */
  @Override
  public void close() {
    ROOT.removeHandler(this);
    for (Handler other : others) {
      ROOT.addHandler(other);
    }
  }
}
