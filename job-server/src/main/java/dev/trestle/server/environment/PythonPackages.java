package dev.trestle.server.environment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.sdk.util.construction.BeamUrns;

/**
 * What has to be installed before a worker in Python can run. The staged files have the names that
 * the Python SDK gives them.
 *
 * @param installations arguments of pip, one call each, in order
 * @param key equal for what makes equal environments
 */
record PythonPackages(List<List<String>> installations, String key) {

  private static final String REQUIREMENTS = "requirements.txt";
  private static final String EXTRA_PACKAGES = "extra_packages.txt";
  private static final String WORKFLOW = "workflow.tar.gz";
  private static final String SDK_SOURCE = "dataflow_python_sdk.tar";
  private static final String SDK_WHEEL_PREFIX = "apache_beam";
  private static final String WHEEL_SUFFIX = ".whl";
  private static final String REQUIREMENTS_ROLE =
      BeamUrns.getUrn(StandardArtifacts.Roles.PIP_REQUIREMENTS_FILE);
  private static final int KEY_BYTES = 12;

  PythonPackages {
    installations = List.copyOf(installations);
  }

  boolean isEmpty() {
    return installations.isEmpty();
  }

  /** What an environment needs on top of an interpreter. */
  static PythonPackages of(Sdk sdk, PythonInterpreter interpreter, StagedFiles files)
      throws IOException {
    Path staged = files.stagedDirectory();
    List<List<String>> installations = new ArrayList<>();
    MessageDigest key = digest();
    add(key, interpreter.executable());
    add(key, interpreter.version());
    add(key, interpreter.beamVersion());

    List<Path> sdks = new ArrayList<>();
    List<Path> requirements = new ArrayList<>();
    for (StagedFiles.StagedFile file : files.files()) {
      String name = file.path().getFileName().toString();
      if (name.equals(SDK_SOURCE)
          || (name.startsWith(SDK_WHEEL_PREFIX) && name.endsWith(WHEEL_SUFFIX))) {
        sdks.add(file.path());
      } else if (name.equals(REQUIREMENTS) || file.roleUrn().equals(REQUIREMENTS_ROLE)) {
        requirements.add(file.path());
      }
    }
    if (!sdks.isEmpty()) {
      installations.add(List.of(sdks.get(0).toString()));
      addContent(key, sdks.get(0));
    } else if (!interpreter.hasInstalled(sdk)) {
      String version = sdk.version().isEmpty() ? "" : "==" + sdk.version();
      installations.add(List.of("apache-beam" + version));
      add(key, version);
    }
    for (Path each : requirements) {
      installations.add(List.of("-r", each.toString(), "--find-links", staged.toString()));
      addContent(key, each);
    }
    Path extra = staged.resolve(EXTRA_PACKAGES);
    if (Files.exists(extra)) {
      for (String name : Files.readAllLines(extra)) {
        Path file = staged.resolve(name).normalize();
        if (name.isBlank() || !file.startsWith(staged)) {
          continue;
        }
        installations.add(List.of("--upgrade", "--force-reinstall", "--no-deps", file.toString()));
        installations.add(List.of(file.toString()));
        addContent(key, file);
      }
    }
    Path workflow = staged.resolve(WORKFLOW);
    if (Files.exists(workflow)) {
      installations.add(List.of(workflow.toString()));
      addContent(key, workflow);
    }
    return new PythonPackages(installations, HexFormat.of().formatHex(key.digest(), 0, KEY_BYTES));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(MessageDigest key, String text) {
    key.update(text.getBytes(StandardCharsets.UTF_8));
    key.update((byte) 0);
  }

  private static void addContent(MessageDigest key, Path file) throws IOException {
    add(key, file.getFileName().toString());
    try (InputStream content = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        key.update(buffer, 0, n);
      }
    }
    key.update((byte) 0);
  }
}
