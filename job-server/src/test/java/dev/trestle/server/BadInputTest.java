package dev.trestle.server;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every mistake gets a short answer that names it, and leaves nothing behind. */
class BadInputTest {
  private static final int REFUSED = 2;
  private static final int FAILED = 1;

  @TempDir Path directory;
  private Path input;

  @BeforeEach
  void writeInput() throws IOException {
    input = Files.writeString(directory.resolve("input.txt"), "to be or not to be\n");
  }

  @Test
  void unknownCommandGetsASuggestion() {
    Command command = Command.run("wordcuont");

    assertAnswer(command, REFUSED, "'wordcuont'");
    assertThat(command.err(), containsString("did you mean 'wordcount'?"));
  }

  @Test
  void noCommandShowsTheCommands() {
    Command command = Command.run();

    assertThat(command.err(), containsString("wordcount"));
    assertThat(command.exitCode(), is(REFUSED));
  }

  @Test
  void unknownOptionGetsASuggestion() throws IOException {
    Command command = wordCount("--input=" + input, "--paralellism=2");

    assertAnswer(command, REFUSED, "'--paralellism'");
    assertThat(command.err(), containsString("did you mean 'parallelism'?"));
    assertNothingLeft();
  }

  @Test
  void valueOutOfRangeIsNamed() throws IOException {
    assertAnswer(wordCount("--input=" + input, "--parallelism=-1"), REFUSED, "--parallelism=-1");
    assertNothingLeft();
  }

  @Test
  void valueOfTheWrongTypeIsNamed() throws IOException {
    assertAnswer(wordCount("--input=" + input, "--shards=many"), REFUSED, "--shards=many");
    assertNothingLeft();
  }

  @Test
  void requiredOptionIsNamed() {
    assertAnswer(wordCount(), REFUSED, "'--input=...' is required");
  }

  @Test
  void missingInputIsNamed() throws IOException {
    Path missing = directory.resolve("none.txt");

    assertAnswer(wordCount("--input=" + missing), REFUSED, missing + ": there is no such file");
    assertNothingLeft();
  }

  @Test
  void globWithoutFilesIsNamed() {
    assertAnswer(wordCount("--input=" + directory + "/*.csv"), REFUSED, "/*.csv");
  }

  @Test
  void directoryAsInputGetsTheRemedy() {
    assertAnswer(wordCount("--input=" + directory), REFUSED, directory + "/*");
  }

  @Test
  void unwritableOutputIsNamed() {
    Command command =
        Command.run("wordcount", "--input=" + input, "--output=" + input + "/below/counts");

    assertAnswer(command, REFUSED, input + "/below");
  }

  @Test
  void directoryAsOutputGetsTheRemedy() {
    Command command = Command.run("wordcount", "--input=" + input, "--output=" + directory);

    assertAnswer(command, REFUSED, directory + "/counts");
  }

  @Test
  void refusedRunKeepsEarlierResults() throws IOException {
    Path earlier = Files.writeString(directory.resolve("counts-00000-of-00001"), "be: 2\n");

    wordCount("--input=" + input, "--parallelism=-1");

    assertThat(Files.exists(earlier), is(true));
  }

  @Test
  void unknownProgramIsNamed() {
    assertAnswer(Command.run("run", "org.example.Nowhere"), REFUSED, "'org.example.Nowhere'");
  }

  @Test
  void missingJarIsNamed() {
    assertAnswer(Command.run("run", "--jars=none.jar", "Main"), REFUSED, "'none.jar'");
    assertAnswer(Command.run("run", "--jars=none/*", "Main"), REFUSED, "'none/*'");
  }

  @Test
  void throwingDoFnIsShownWithItsOwnFrames() {
    Command command = Command.run("run", "example.FailingProgram");

    assertAnswer(command, FAILED, "IllegalStateException: I will not take 'broken'");
    assertThat(command.err(), containsString("at example.FailingProgram$Judge.process("));
    assertThat(command.err(), not(containsString("at org.apache.beam")));
  }

  @Test
  void throwingDoFnIsShownWithAllFramesOnDemand() {
    Command command = Command.run("run", "--stacktrace", "example.FailingProgram");

    assertThat(command.exitCode(), is(FAILED));
    assertThat(command.err(), containsString("at example.FailingProgram.main("));
  }

  private Command wordCount(String... more) {
    return Command.run(
        Stream.concat(
                Stream.of("wordcount", "--output=" + directory.resolve("counts")), Stream.of(more))
            .toArray(String[]::new));
  }

  private static void assertAnswer(Command command, int exitCode, String named) {
    assertThat(command.err(), containsString(named));
    assertThat(command.exitCode(), is(exitCode));
    assertThat(command.err().lines().count(), is(lessThan(25L)));
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> left = files.filter(file -> !file.equals(input)).toList();
      assertThat(left, is(empty()));
    }
  }
}
