package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.artifact;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;

/** What a user's program would stage: Beam and its own classes, but not what a worker is. */
final class StagedProgram {

  private StagedProgram() {}

  /**
   * The program's files.
   *
   * @param directory for those that have to be made
   */
  static List<ArtifactInformation> of(Path directory) throws IOException {
    List<ArtifactInformation> artifacts = new ArrayList<>();
    artifacts.add(artifact(jarOf(Echo.class, directory), "echo.jar"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      String name = jar.getFileName().toString();
      if (name.endsWith(".jar") && !name.contains("harness") && !name.contains("jamm")) {
        artifacts.add(artifact(jar, artifacts.size() + "-" + name));
      }
    }
    return artifacts;
  }

  private static Path jarOf(Class<?> type, Path directory) throws IOException {
    Path jar = directory.resolve(type.getSimpleName() + ".jar");
    String name = type.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        InputStream in = type.getClassLoader().getResourceAsStream(name)) {
      out.putNextEntry(new JarEntry(name));
      in.transferTo(out);
    }
    return jar;
  }
}
