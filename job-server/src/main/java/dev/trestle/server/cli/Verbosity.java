package dev.trestle.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Options about how much is said; every command that runs something has them. */
public final class Verbosity extends Help {

  @Option(names = "--stacktrace", description = "Shows the whole stack trace of an error.")
  private boolean stackTrace;

  @Option(names = "--verbose", description = "Logs what happens, not only warnings.")
  private boolean verbose;

  boolean stackTrace() {
    return stackTrace;
  }

  /** To be called before anything is logged. */
  void apply() {
    if (verbose && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
    }
  }
}
