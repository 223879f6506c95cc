package dev.trestle.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code trestle} in a made-up project, with a made-up Java that shows its arguments.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path SCRIPT = Path.of("..", "trestle");

  @TempDir Path directory;
  private Path root;
  private Path jdk;

  @BeforeEach
  void makeProject() throws IOException {
    directory = directory.toRealPath();
    root = Files.createDirectories(directory.resolve("a project"));
    Files.copy(SCRIPT, root.resolve("trestle"));
    assertThat(root.resolve("trestle").toFile().setExecutable(true), is(true));
    for (String module : List.of("state", "translation", "runner", "examples", "job-server")) {
      Files.createDirectories(root.resolve(module).resolve("src/main"));
      Files.createFile(root.resolve(module).resolve("pom.xml"));
    }
    Files.createFile(root.resolve("pom.xml"));
    jdk = jdk("jdk", "17.0.9");
    script(
        root.resolve("mvnw"),
        "echo building; mkdir -p job-server/target",
        "touch job-server/target/trestle-job-server-1.jar",
        "touch job-server/target/trestle-job-server-1-sources.jar",
        "echo \"$PWD/runner/target/runner.jar\" > job-server/target/classpath");
  }

  @Test
  void buildsOnceAndPassesArgumentsOn() throws Exception {
    Run first = run(root.resolve("trestle"), "wordcount", "two words");
    Run second = run(root.resolve("trestle"), "version");

    assertThat(first.err(), containsString("building"));
    assertThat(
        first.out(), containsString("[dev.trestle.server.TrestleCommand][wordcount][two words]"));
    assertThat(second.err(), is(""));
    assertThat(
        second.out(),
        containsString(
            "[" + root + "/job-server/target/trestle-job-server-1.jar:" + root + "/runner/target"));
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    run(root.resolve("trestle"), "version");
    Path source = Files.createFile(root.resolve("runner/src/main/New.java"));
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));

    assertThat(run(root.resolve("trestle"), "version").err(), containsString("building"));
  }

  @Test
  void expansionServiceIsBuiltWhenItIsWanted() throws Exception {
    Files.createDirectories(root.resolve("expansion/src/main"));
    script(
        root.resolve("mvnw"),
        "case \"$*\" in",
        "  *expansion*)",
        "    echo the service, too",
        "    touch expansion/target/trestle-expansion-1.jar",
        "    echo kafka.jar > expansion/target/classpath ;;",
        "  *)",
        "    touch job-server/target/trestle-job-server-1.jar",
        "    echo \"$PWD/runner/target/runner.jar\" > job-server/target/classpath ;;",
        "esac");
    String property =
        "[-Dtrestle.expansion=" + root + "/expansion/target/trestle-expansion-1.jar:kafka.jar]";

    Run server = run(root.resolve("trestle"), "server", "--port=0");
    Run help = run(root.resolve("trestle"), "expansion-service", "--help");
    Run both = run(root.resolve("trestle"), "server", "--expansion-service=0");
    Run service = run(root.resolve("trestle"), "expansion-service");

    assertThat(server.err() + help.err(), not(containsString("the service, too")));
    assertThat(server.out() + help.out(), not(containsString("trestle.expansion")));
    assertThat(both.err(), containsString("the service, too"));
    assertThat(both.out(), containsString(property));
    assertThat(service.err(), is(""));
    assertThat(service.out(), containsString(property));
  }

  @Test
  void failedBuildIsShownAndEndsIt() throws Exception {
    script(root.resolve("mvnw"), "echo no such symbol; exit 1");

    Run run = run(root.resolve("trestle"), "version");

    assertThat(run.exitCode(), is(2));
    assertThat(run.err(), containsString("no such symbol"));
    assertThat(run.out(), is(""));
  }

  @Test
  void worksThroughSymbolicLinks() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), root.resolve("trestle"));
    Path second =
        Files.createSymbolicLink(
            Files.createDirectory(directory.resolve("bin")).resolve("trestle"),
            Path.of("..", link.getFileName().toString()));

    assertThat(run(second, "version").exitCode(), is(0));
  }

  @Test
  void ownJavaOptionsComeLast() throws Exception {
    Run run = run(Map.of("TRESTLE_JAVA_OPTS", "-Xmx3g -Dx=y"), root.resolve("trestle"), "version");

    assertThat(run.out(), containsString("[-Xmx3g][-Dx=y][-cp]"));
  }

  @Test
  void exitStatusIsJavas() throws Exception {
    script(jdk.resolve("bin/java"), "exit 7");

    assertThat(run(root.resolve("trestle"), "version").exitCode(), is(7));
  }

  @Test
  void oldJavaIsRefused() throws Exception {
    jdk = jdk("old", "11.0.2");

    Run run = run(root.resolve("trestle"), "version");

    assertThat(run.exitCode(), is(2));
    assertThat(run.err(), containsString("Java 17 or newer"));
    assertThat(run.err(), not(containsString("building")));
  }

  @Test
  void wrongJavaHomeIsNamed() throws Exception {
    jdk = directory.resolve("nowhere");

    assertThat(run(root.resolve("trestle"), "version").err(), containsString("nowhere"));
  }

  @Test
  void distributionRunsWhatIsInItsLibrary() throws Exception {
    Path distribution = directory.resolve("a distribution");
    Path script = Files.createDirectories(distribution.resolve("bin")).resolve("trestle");
    Files.copy(SCRIPT, script);
    Path library = Files.createDirectory(distribution.resolve("lib"));
    Files.createFile(library.resolve("one.jar"));
    Files.createFile(library.resolve("two.jar"));

    Run run = run(script, "wordcount");

    assertThat(run.err(), is(""));
    assertThat(
        run.out(),
        containsString(
            "[-cp]["
                + library.resolve("one.jar")
                + ":"
                + library.resolve("two.jar")
                + "][dev.trestle.server.TrestleCommand][wordcount]"));
  }

  @Test
  void distributionWithoutLibraryIsRefused() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("empty").resolve("bin"));
    Path script = Files.copy(SCRIPT, bin.resolve("trestle"));

    Run run = run(script, "version");

    assertThat(run.exitCode(), is(2));
    assertThat(run.err(), containsString("there is nothing in"));
  }

  @Test
  void archiveThatCannotBeMadeIsNotNamed() throws Exception {
    assertThat(
        run(root.resolve("trestle"), "version").out(), not(containsString("SharedArchiveFile")));
  }

  @Test
  void archiveThatIsThereIsUsed() throws Exception {
    run(root.resolve("trestle"), "version");
    Path archive =
        Files.createFile(root.resolve("job-server/target").resolve("classes-17.0.9.jsa"));

    assertThat(
        run(root.resolve("trestle"), "version").out(),
        containsString("[-XX:SharedArchiveFile=" + archive + "]"));
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = directory.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(home.resolve("bin/java"), "for a in \"$@\"; do printf '[%s]' \"$a\"; done; echo");
    return home;
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    assertThat(file.toFile().setExecutable(true), is(true));
  }

  private Run run(Path script, String... arguments) throws Exception {
    return run(Map.of(), script, arguments);
  }

  private Run run(Map<String, String> environment, Path script, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    File out = directory.resolve("out").toFile();
    File err = directory.resolve("err").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out)
            .redirectError(err);
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().remove("TRESTLE_JAVA_OPTS");
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    return new Run(
        exitCode, Files.readString(out.toPath(), UTF_8), Files.readString(err.toPath(), UTF_8));
  }

  private record Run(int exitCode, String out, String err) {}
}
