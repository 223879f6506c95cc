package dev.trestle.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import example.ResourceProgram;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  @TempDir Path directory;

  @Test
  void wordCountShowsTheMostFrequentWords() throws IOException {
    Path input = Files.writeString(directory.resolve("in.txt"), "to be or not to be\nbe\n");

    Command command =
        Command.run("wordcount", "--input", input.toString(), "--output=" + counts(), "--shards=2");

    assertThat(command.err(), is(""));
    assertThat(command.exitCode(), is(0));
    assertThat(command.out(), startsWith("4 different words, 7 in all"));
    assertThat(command.out(), containsString(counts() + "-*-of-00002"));
    assertThat(command.out(), containsString("  3  be\n  2  to\n  1  not\n  1  or\n"));
  }

  @Test
  void wordCountReplacesEarlierFilesAndLeavesNothingElse() throws IOException {
    Path input = Files.writeString(directory.resolve("in.txt"), "be\n");
    Files.writeString(directory.resolve("counts-00004-of-00005"), "old: 1\n");
    Files.writeString(directory.resolve("counts-mine"), "kept\n");

    Command.run("wordcount", "--input=" + input, "--output=" + counts(), "--shards=1");

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(
          files.map(file -> file.getFileName().toString()).toList(),
          containsInAnyOrder("in.txt", "counts-mine", "counts-00000-of-00001"));
    }
  }

  @Test
  void wordCountTakesAnEmptyFile() throws IOException {
    Path input = Files.writeString(directory.resolve("in.txt"), "");

    Command command = Command.run("wordcount", "--input=" + input, "--output=" + counts());

    assertThat(command.out(), startsWith("0 different words, 0 in all"));
    assertThat(command.exitCode(), is(0));
  }

  @Test
  void graphOfAnExampleNeedsNoOptions() {
    Command command = Command.run("graph", "wordcount");

    assertThat(command.err(), is(""));
    assertThat(command.exitCode(), is(0));
    assertThat(command.out(), containsString("ParDo(SplitIntoWords)"));
  }

  @Test
  void graphOfAProgramDoesNotRunIt() {
    Command command = Command.run("graph", "example.FailingProgram");

    assertThat(command.exitCode(), is(0));
    assertThat(command.out(), containsString("ParDo(Judge)"));
  }

  @Test
  void graphPrintsDot() {
    assertThat(
        Command.run("graph", "--format=dot", "orders").out(), startsWith("digraph pipeline {"));
  }

  @Test
  void runTakesAnExample() throws IOException {
    Command command = Command.run("run", "orders", "--output=" + directory.resolve("orders"));

    assertThat(command.exitCode(), is(0));
    assertThat(Files.exists(directory.resolve("orders-valued-00000-of-00001")), is(true));
  }

  @Test
  void runTakesAllJarsOfADirectory() throws IOException {
    jar("library.jar", null);
    Files.writeString(directory.resolve("notes.txt"), "no jar");

    Command command =
        Command.run(
            "run", "--jars=" + directory + File.separator + "*", ResourceProgram.class.getName());

    assertThat(command.err(), is(""));
    assertThat(command.out(), containsString("found in a jar"));
  }

  /** A jar with a resource, and perhaps a main class that is not in it. */
  private Path jar(String name, String mainClass) throws IOException {
    Path jar = directory.resolve(name);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (mainClass != null) {
      manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.putNextEntry(new JarEntry(ResourceProgram.RESOURCE));
      out.write("found in a jar".getBytes(UTF_8));
    }
    return jar;
  }

  @Test
  void runTakesAJarThatSaysItsMainClass() throws IOException {
    Path jar = jar("program.jar", ResourceProgram.class.getName());

    Command command = Command.run("run", jar.toString());

    assertThat(command.err(), is(""));
    assertThat(command.out(), containsString("found in a jar"));
  }

  @Test
  void jarWithoutMainClassIsRefused() throws IOException {
    Command silent = Command.run("run", jar("library.jar", null).toString());
    Command missing = Command.run("run", "missing.jar");

    assertThat(silent.err(), containsString("does not say its main class"));
    assertThat(missing.err(), containsString("there is no file 'missing.jar'"));
    assertThat(silent.exitCode() + missing.exitCode(), is(4));
  }

  @Test
  void helpTeaches() {
    assertThat(Command.run("wordcount", "--help").out(), containsString("--input=LICENSE"));
    assertThat(Command.run("help").out(), containsString("wordcount"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "wordcount", "run", "graph", "checkpoint", "checkpoint inspect", "server", "health",
        "expansion-service", "jobs", "show", "logs", "metrics", "savepoint", "drain", "cancel",
        "version", "help"
      })
  void everyCommandHasHelp(String name) {
    for (String option : List.of("-h", "--help")) {
      Command command = Command.run((name + " " + option).strip().split(" "));
      assertThat(command.err(), is(""));
      assertThat(command.out(), containsString(("Usage: trestle " + name).strip()));
      assertThat(command.exitCode(), is(0));
    }
  }

  @Test
  void versionNamesBeam() {
    assertThat(Command.run("version").out(), containsString("Beam 2."));
  }

  private String counts() {
    return directory.resolve("counts").toString();
  }
}
