package dev.trestle.runner.recovery;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the runner logs while this is open. Any thread may ask. */
final class CapturedLogs implements AutoCloseable {

  private final Logger logger = Logger.getLogger("dev.trestle");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  CapturedLogs() {
    logger.addHandler(handler);
  }

  /** The warnings and errors that have some words in them. */
  List<String> warnings(String words) {
    return messages(
        record ->
            record.getLevel().intValue() >= Level.WARNING.intValue()
                && text(record).contains(words));
  }

  /** Waits until something is logged that has some words in it. */
  void await(String words) throws InterruptedException {
    while (messages(record -> text(record).contains(words)).isEmpty()) {
      Thread.sleep(5);
    }
  }

  private List<String> messages(Predicate<LogRecord> wanted) {
    return records.stream().filter(wanted).map(CapturedLogs::text).toList();
  }

  /** The message, and that of the exception. */
  private static String text(LogRecord record) {
    Throwable thrown = record.getThrown();
    return thrown == null ? record.getMessage() : record.getMessage() + ": " + thrown.getMessage();
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
  }
}
