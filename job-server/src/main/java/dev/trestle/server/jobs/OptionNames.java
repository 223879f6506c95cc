package dev.trestle.server.jobs;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Locale;
import java.util.Set;
import org.apache.beam.model.jobmanagement.v1.JobApi.PipelineOptionDescriptor;
import org.apache.beam.sdk.util.StringUtils;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * Names of options that are almost one of the runner's. Any other name may be the SDK's or the
 * user's own; such a one would have no effect, and nobody would notice. Short names are left alone:
 * a word that is one letter from another is not a mistake yet.
 */
final class OptionNames {

  private static final int LEAST_LENGTH = 10;

  private static final Set<String> KNOWN =
      SubmittedOptions.describe().stream()
          .map(PipelineOptionDescriptor::getName)
          .collect(toUnmodifiableSet());

  private OptionNames() {}

  /**
   * Checks the names of options.
   *
   * @throws IllegalArgumentException if one is misspelled, with the right name
   */
  static void check(Struct submitted) {
    for (String name : SubmittedOptions.values(submitted).keySet()) {
      if (!KNOWN.contains(name)) {
        for (String known : KNOWN) {
          if (isMeant(known, name)) {
            throw new IllegalArgumentException(
                "--" + name + ": there is no such option; did you mean --" + known + "?");
          }
        }
      }
    }
  }

  private static boolean isMeant(String known, String name) {
    String words = name.replaceAll("([a-z])([A-Z])", "$1_$2").replace('-', '_');
    String lower = words.toLowerCase(Locale.ROOT);
    if (known.length() < LEAST_LENGTH || Math.abs(known.length() - lower.length()) > 1) {
      return false;
    }
    int distance = StringUtils.getLevenshteinDistance(known, lower);
    return distance < 2 || (distance == 2 && haveSameLetters(known, lower));
  }

  /** As where two of them have changed places. */
  private static boolean haveSameLetters(String one, String other) {
    return one.length() == other.length()
        && one.chars().sorted().boxed().toList().equals(other.chars().sorted().boxed().toList());
  }
}
