package dev.trestle.validates.junit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.testing.TestPipeline;

/** The command line of worker processes, up to their main class. */
public final class WorkerJvm {

  private WorkerJvm() {}

  /**
   * The program's name, which comes first, is not among them.
   *
   * @param heap as {@code -Xmx} takes it
   * @param pipelineOptions of every {@link TestPipeline}
   */
  public static List<String> arguments(
      String heap, List<String> more, String classPath, List<String> pipelineOptions) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-ea");
    // Most of the time goes into warming up: cheap compilation and collection halve it.
    arguments.add("-XX:TieredStopAtLevel=1");
    arguments.add("-XX:+UseSerialGC");
    arguments.add("-Xmx" + heap);
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    arguments.addAll(more);
    arguments.add("-cp");
    arguments.add(classPath);
    arguments.add(
        "-D" + TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS + "=" + json(pipelineOptions));
    return arguments;
  }

  private static String json(List<String> texts) {
    try {
      return new ObjectMapper().writeValueAsString(texts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a list of strings is JSON", e);
    }
  }
}
