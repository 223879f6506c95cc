package dev.trestle.server.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Python on this machine.
 *
 * @param executable its path
 * @param version such as 3.11
 * @param beamVersion of the SDK that it can import, empty if it has none
 * @param sitePackages where it has its packages
 * @param path where it looks for what it imports
 */
record PythonInterpreter(
    String executable,
    String version,
    String beamVersion,
    List<String> sitePackages,
    List<String> path) {

  private static final Logger LOG = LoggerFactory.getLogger(PythonInterpreter.class);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the times of files may be behind the clock by, and more. */
  static final Duration SLACK = Duration.ofSeconds(1);

  private static final String PROBE =
      """
      import json, os, site, sys
      try:
        from importlib.metadata import version
        beam = version('apache-beam')
      except Exception:
        beam = ''
      print(json.dumps({
          'executable': sys.executable,
          'version': '%d.%d' % sys.version_info[:2],
          'beam': beam,
          'site': site.getsitepackages(),
          'path': [path for path in sys.path if path and os.path.exists(path)]}))
      """;

  PythonInterpreter {
    sitePackages = List.copyOf(sitePackages);
    path = List.copyOf(path);
  }

  /**
   * Asks a program what it is.
   *
   * @return null if it is no Python, or not there
   * @throws InterruptedException if it was interrupted; the program has been killed
   */
  static @Nullable PythonInterpreter probe(String program) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    try {
      int status = ChildProgram.run(List.of(program, "-c", PROBE), lines::add);
      if (status != 0 || lines.isEmpty()) {
        LOG.debug("{} is no Python: it has exited with status {}", program, status);
        return null;
      }
      JsonNode told = JSON.readTree(lines.get(lines.size() - 1));
      return new PythonInterpreter(
          told.required("executable").asText(),
          told.required("version").asText(),
          told.required("beam").asText(),
          texts(told.required("site")),
          texts(told.required("path")));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      LOG.debug("{} is no Python", program, e);
      return null;
    } catch (IOException e) {
      LOG.debug("There is no {}", program, e);
      return null;
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  boolean runs(Sdk sdk) {
    return sdk.languageVersion().isEmpty() || version.equals(sdk.languageVersion());
  }

  /** Whether nothing has to be installed for the SDK itself. */
  boolean hasInstalled(Sdk sdk) {
    return sdk.version().isEmpty() ? !beamVersion.isEmpty() : beamVersion.equals(sdk.version());
  }

  /**
   * Whether it is still there, and nothing was installed since or removed: either changes a
   * directory of its path.
   */
  boolean isUnchangedSince(Instant time) {
    return areOlder(List.of(executable), time) && areOlder(path, time);
  }

  /** Whether all files are there, and were changed last before a time. */
  static boolean areOlder(List<String> files, Instant time) {
    try {
      for (String file : files) {
        if (!Files.getLastModifiedTime(Path.of(file)).toInstant().isBefore(time)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      LOG.debug("Something of Python's is not what it was", e);
      return false;
    }
  }
}
