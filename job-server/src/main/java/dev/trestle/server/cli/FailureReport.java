package dev.trestle.server.cli;

import dev.trestle.runner.compatibility.IncompatiblePipelineException;
import dev.trestle.translation.validate.UnsupportedPipelineException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.UserCodeException;

/**
 * What a failure says to the author of the pipeline: the messages of their own exceptions, the
 * transform, and the frames of the stack that are theirs.
 */
final class FailureReport {
  private static final int MOST_CAUSES = 3;
  private static final int MOST_FRAMES = 5;
  private static final int MOST_MESSAGE_LINES = 8;

  /** Not the user's code. */
  private static final List<String> MACHINERY =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.",
          "com.sun.",
          "picocli.",
          "org.apache.beam.sdk.",
          "org.apache.beam.runners.",
          "org.apache.beam.repackaged.",
          "org.apache.beam.vendor.",
          "dev.trestle.runner.",
          "dev.trestle.translation.",
          "dev.trestle.state.",
          "dev.trestle.server.");

  private final Throwable failure;
  private final Throwable told;

  private FailureReport(Throwable failure) {
    this.failure = failure;
    this.told = unwrapped(failure);
  }

  static FailureReport of(Throwable failure) {
    return new FailureReport(failure);
  }

  int exitCode() {
    return refused() ? ExitCodes.REFUSED : ExitCodes.FAILED;
  }

  /** Everything, for somebody who looks for the place. */
  String full() {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** At most some twenty lines. */
  String brief() {
    StringBuilder text = new StringBuilder("trestle: ");
    if (told instanceof IncompatiblePipelineException) {
      return text.append(message(told)).append('\n').toString();
    }
    if (refused()) {
      return text.append(shortened(message(told))).append('\n').toString();
    }
    text.append("the pipeline failed\n");
    contexts().forEach(context -> text.append("  ").append(context).append('\n'));
    String intro = "  ";
    int causes = 0;
    for (Throwable at = told; at != null && causes < MOST_CAUSES; at = at.getCause()) {
      text.append(intro).append(at.getClass().getSimpleName()).append(": ");
      text.append(shortened(message(at))).append('\n');
      frames(at, causes == 0 ? MOST_FRAMES : 2).forEach(f -> text.append(f).append('\n'));
      intro = "  caused by ";
      causes++;
    }
    return text.append("With --stacktrace you see all of it.\n").toString();
  }

  /** Whether the pipeline or its options are at fault, before anything ran. */
  private boolean refused() {
    return isRefusal(told);
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof RefusedException
        || failure instanceof UnsupportedPipelineException
        || failure instanceof IncompatiblePipelineException
        || (failure instanceof IllegalArgumentException && fromOptions(failure));
  }

  private static boolean fromOptions(Throwable failure) {
    String ours = "dev.trestle.runner.OptionRanges";
    String factory = PipelineOptionsFactory.class.getPackageName() + ".PipelineOptions";
    return Arrays.stream(failure.getStackTrace())
        .map(StackTraceElement::getClassName)
        .anyMatch(name -> name.equals(ours) || name.startsWith(factory));
  }

  /** What the runner knows about the place: it hangs a note on the user's exception. */
  private List<String> contexts() {
    List<String> contexts = new ArrayList<>();
    for (Throwable at = failure; at != null; at = at.getCause()) {
      for (Throwable note : at.getSuppressed()) {
        if (note.getClass().getName().startsWith("dev.trestle.")) {
          contexts.add(message(note));
        }
      }
    }
    return contexts;
  }

  private static Throwable unwrapped(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (isRefusal(at)) {
        return at;
      }
    }
    Throwable at = failure;
    while (at.getCause() != null && wraps(at, at.getCause())) {
      at = at.getCause();
    }
    return at;
  }

  private static boolean wraps(Throwable outer, Throwable cause) {
    return outer instanceof PipelineExecutionException
        || outer instanceof UserCodeException
        || outer instanceof InvocationTargetException
        || outer instanceof ExecutionException
        || cause.toString().equals(outer.getMessage());
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "(no message)" : message;
  }

  private static String shortened(String message) {
    List<String> lines = message.lines().toList();
    return lines.size() <= MOST_MESSAGE_LINES
        ? message.stripTrailing()
        : String.join("\n", lines.subList(0, MOST_MESSAGE_LINES)) + "\n  ...";
  }

  private static List<String> frames(Throwable failure, int most) {
    return Arrays.stream(failure.getStackTrace())
        .filter(frame -> MACHINERY.stream().noneMatch(frame.getClassName()::startsWith))
        .filter(frame -> frame.getLineNumber() > 0)
        .limit(most)
        .map(frame -> "    at " + frame)
        .toList();
  }
}
