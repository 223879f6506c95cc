package dev.trestle.server.jobs;

import dev.trestle.runner.TrestlePipelineOptions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;

/** Names jobs. An id begins with the job's name, so that people know it. */
final class JobIds {

  private static final int NAME_LENGTH = 60;
  private static final int RANDOM_BYTES = 6;
  private static final String UNNAMED = "job";

  private final SecureRandom random = new SecureRandom();

  /** The name that the options have, or the request. */
  static String name(PrepareJobRequest request, TrestlePipelineOptions options) {
    if (SubmittedOptions.hasName(request.getPipelineOptions())) {
      return options.getJobName();
    }
    return request.getJobName().isEmpty() ? UNNAMED : request.getJobName();
  }

  /** An id that there has never been: of letters, digits and hyphens, none of them in front. */
  String next(String name) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String cut = name.substring(0, Math.min(NAME_LENGTH, name.length()));
    String shown = cut.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
    return (shown.isEmpty() ? UNNAMED : shown) + "-" + HexFormat.of().formatHex(bytes);
  }
}
