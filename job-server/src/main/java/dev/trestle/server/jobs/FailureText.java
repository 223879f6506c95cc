package dev.trestle.server.jobs;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.beam.sdk.util.UserCodeException;

/** A failure as the job's user is told: their own exception with its stack, first of all. */
final class FailureText {

  private FailureText() {}

  static String of(Throwable failure) {
    Throwable cause = failure.getCause();
    Throwable told = failure instanceof UserCodeException && cause != null ? cause : failure;
    StringWriter text = new StringWriter();
    told.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
