package dev.trestle.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;

import dev.trestle.server.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingRunTest {

  @TempDir Path directory;

  @Test
  void countsHereAndThroughAServer() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "to be or not to be");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, true, UTF_8);

    assertThat(
        said.toString(UTF_8),
        TrainingRun.run(new Terminal(stream, stream), text, directory),
        is(0));
    assertThat(counts("there"), containsInAnyOrder("to: 2", "be: 2", "or: 1", "not: 1"));
    assertThat(counts("there"), containsInAnyOrder(counts("here").toArray()));
  }

  private List<String> counts(String prefix) throws IOException {
    List<String> lines = new ArrayList<>();
    try (var files = Files.newDirectoryStream(directory, prefix + "-*")) {
      for (Path file : files) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }
}
