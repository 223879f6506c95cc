package dev.trestle.validates.sdk;

import dev.trestle.validates.process.Installations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The TypeScript SDK with its tests, as npm installs it. */
public final class TypeScriptSdk {

  private TypeScriptSdk() {}

  /**
   * The directory that {@code node_modules} is in, which is made if it is not there.
   *
   * @param sources the folder with {@code package.json} and its lock
   */
  public static Path directory(Path sources) throws IOException, InterruptedException {
    Path manifest = sources.resolve("package.json");
    Path lock = sources.resolve("package-lock.json");
    return Installations.ofUser()
        .directory(
            "typescript-sdk",
            List.of(manifest, lock),
            directory -> {
              Files.copy(manifest, directory.resolve("package.json"));
              Files.copy(lock, directory.resolve("package-lock.json"));
              Installations.run(
                  directory, directory, Map.of(), "npm", "ci", "--no-audit", "--no-fund");
            });
  }
}
