package dev.trestle.server.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.trestle.runner.inspect.CheckpointDetails;
import dev.trestle.runner.inspect.JobSummary;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an inspection found, for programs: its records as they are. Times are milliseconds. */
final class InspectionJson {

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .setSerializationInclusion(JsonInclude.Include.NON_NULL);

  private record Document(List<JobSummary> jobs, @Nullable CheckpointDetails details) {}

  private InspectionJson() {}

  static String of(List<JobSummary> jobs, Optional<CheckpointDetails> details) {
    try {
      return MAPPER.writeValueAsString(new Document(jobs, details.orElse(null)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
