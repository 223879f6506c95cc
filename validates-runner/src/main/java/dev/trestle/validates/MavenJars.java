package dev.trestle.validates;

import dev.trestle.validates.process.Installations;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Class paths of programs whose dependencies are not ours. */
final class MavenJars {

  private MavenJars() {}

  /**
   * Our own classes, and all that a program needs.
   *
   * @param root the working tree
   * @param program the folder of its {@code pom.xml} in {@code validates-runner}
   */
  static String classPath(Path root, String program) throws IOException, InterruptedException {
    return own() + File.pathSeparator + jars(root, program);
  }

  /** All that a program needs, without our own classes. */
  static String jars(Path root, String program) throws IOException, InterruptedException {
    Path pom = root.resolve("validates-runner").resolve(program).resolve("pom.xml");
    Path installation =
        Installations.ofUser()
            .directory(
                program,
                List.of(pom),
                directory ->
                    Installations.run(
                        directory,
                        root,
                        Map.of(),
                        root.resolve("mvnw").toString(),
                        "--batch-mode",
                        "--file=" + pom,
                        "dependency:copy-dependencies",
                        "-DoutputDirectory=" + directory.resolve("jars"),
                        "-DincludeScope=runtime"));
    return installation.resolve("jars").resolve("*").toString();
  }

  /** Where the classes of this module are. */
  private static Path own() {
    return Path.of(MavenJars.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }
}
