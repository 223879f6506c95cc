package dev.trestle.validates.sdk;

import dev.trestle.validates.process.Installations;
import dev.trestle.validates.process.OutputLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Packages of the Go SDK, with their tests compiled.
 *
 * @param packages by import path
 * @param test2json makes the output of test binaries readable
 */
public record GoSdk(Map<String, TestPackage> packages, Path test2json) {

  /** In the arguments of a test binary, its own path: it can be a worker as well. */
  public static final String OWN_BINARY = "{binary}";

  private static final String BINARY = "binary";

  /**
   * A package of tests.
   *
   * @param binary that runs them
   * @param directory of the sources, beside which are files that tests read
   * @param wanted the names of tests that belong to the suite
   */
  record TestPackage(Path binary, Path directory, Pattern wanted) {}

  /**
   * Compiles the tests of packages, unless that has been done.
   *
   * @param module the folder with {@code go.mod} and {@code go.sum}
   * @param list a file of import paths, one a line, behind which may be a regular expression for
   *     the names of the tests that are wanted
   * @param reports folder for logs
   */
  public static GoSdk compile(Path module, Path list, Path reports)
      throws IOException, InterruptedException {
    Map<String, Pattern> wanted = new LinkedHashMap<>();
    for (String line : Files.readAllLines(list)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+", 2);
        wanted.put(words[0], Pattern.compile(words.length > 1 ? words[1] : ".*"));
      }
    }
    Map<String, Path> directories = directories(module, wanted.keySet(), reports);
    Map<String, TestPackage> packages = new LinkedHashMap<>();
    for (Map.Entry<String, Pattern> entry : wanted.entrySet()) {
      Path directory = directories.get(entry.getKey());
      if (directory == null) {
        throw new IOException("the module has no package " + entry.getKey());
      }
      Path binary = built(module, entry.getKey(), "test", "-c");
      packages.put(entry.getKey(), new TestPackage(binary, directory, entry.getValue()));
    }
    return new GoSdk(packages, built(module, "cmd/test2json", "build"));
  }

  /** What a package is compiled to, each in a directory of its own. */
  private static Path built(Path module, String importPath, String... verb)
      throws IOException, InterruptedException {
    String name = "go-" + importPath.replaceAll("[^\\w.-]", "_");
    return Installations.ofUser()
        .directory(
            name,
            List.of(module.resolve("go.mod"), module.resolve("go.sum")),
            directory -> {
              List<String> command = new ArrayList<>(List.of("go"));
              command.addAll(List.of(verb));
              command.addAll(List.of("-mod=readonly", "-o"));
              command.add(directory.resolve(BINARY).toString());
              command.add(importPath);
              Installations.run(
                  directory,
                  module,
                  Map.of("GOTOOLCHAIN", "local"),
                  command.toArray(new String[0]));
            })
        .resolve(BINARY);
  }

  private static Map<String, Path> directories(
      Path module, Iterable<String> importPaths, Path reports)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("go", "list", "-mod=readonly", "-f", "{{.ImportPath}}\t{{.Dir}}"));
    importPaths.forEach(command::add);
    Map<String, Path> directories = new LinkedHashMap<>();
    try (OutputLines lines =
        OutputLines.of(
            new ProcessBuilder(command).directory(module.toFile()), reports.resolve("list.log"))) {
      for (String line : lines.all()) {
        int tab = line.indexOf('\t');
        directories.put(line.substring(0, tab), Path.of(line.substring(tab + 1)));
      }
    }
    return directories;
  }
}
