package dev.trestle.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Makes pipeline options of arguments, and short answers of Beam's complaints about them. */
final class PipelineArguments {
  private static final String RUNNER = "--runner=";
  private static final Pattern UNKNOWN =
      Pattern.compile("missing a property named '(.*?)'\\.(?: Did you mean (.*)\\?)?");
  private static final Pattern MISSING = Pattern.compile("Missing required value for \\[--(\\w+)");

  private PipelineArguments() {}

  /**
   * Arguments as Beam wants them: {@code --name value} becomes {@code --name=value}, and Trestle is
   * the runner where none is named.
   */
  static List<String> normalized(List<String> arguments) {
    List<String> normalized = new ArrayList<>();
    for (String argument : arguments) {
      int last = normalized.size() - 1;
      if (!argument.startsWith("-") && last >= 0 && normalized.get(last).indexOf('=') < 0) {
        normalized.set(last, normalized.get(last) + "=" + argument);
      } else {
        normalized.add(argument);
      }
    }
    if (normalized.stream().noneMatch(argument -> argument.startsWith(RUNNER))) {
      normalized.add(RUNNER + "TrestleRunner");
    }
    return normalized;
  }

  /**
   * Options of a type.
   *
   * @throws RefusedException naming the option that is unknown, missing or has a bad value
   */
  static <T extends PipelineOptions> T parse(Class<T> type, List<String> arguments) {
    String[] all = normalized(arguments).toArray(String[]::new);
    try {
      return PipelineOptionsFactory.fromArgs(all).withValidation().as(type);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(explained(type, all, e), e);
    }
  }

  private static <T extends PipelineOptions> String explained(
      Class<T> type, String[] arguments, IllegalArgumentException complaint) {
    String message = String.valueOf(complaint.getMessage());
    Matcher unknown = UNKNOWN.matcher(message);
    if (unknown.find()) {
      String meant = unknown.group(2) == null ? "." : "; did you mean " + unknown.group(2) + "?";
      return "there is no option '--" + unknown.group(1) + "'" + meant;
    }
    Matcher missing = MISSING.matcher(message);
    if (missing.find()) {
      return "the option '--" + missing.group(1) + "=...' is required.";
    }
    return culprit(type, arguments) + message.lines().findFirst().orElse("");
  }

  /** The argument that is refused alone too, as an introduction. */
  private static <T extends PipelineOptions> String culprit(Class<T> type, String[] arguments) {
    for (String argument : arguments) {
      try {
        PipelineOptionsFactory.fromArgs(argument).as(type);
      } catch (IllegalArgumentException e) {
        return argument.startsWith("--") ? argument + ": " : "";
      }
    }
    return "";
  }
}
