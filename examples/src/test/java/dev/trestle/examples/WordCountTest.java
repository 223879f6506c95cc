package dev.trestle.examples;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCountTest {
  private static final Pattern WORD = Pattern.compile("\\p{L}+");

  @TempDir Path directory;

  @Test
  void countsEqualAnIndependentCount() throws IOException {
    Path input = Path.of("..", "LICENSE");

    count(input.toString());

    Map<String, Long> expected =
        WORD.matcher(Files.readString(input))
            .results()
            .collect(Collectors.groupingBy(word -> word.group(), Collectors.counting()));
    assertThat(counted(), is(expected));
  }

  @Test
  void globReadsEveryFile() throws IOException {
    Files.writeString(directory.resolve("one.txt"), "to be or not to be\n");
    Files.writeString(directory.resolve("two.txt"), "be\n");
    Files.writeString(directory.resolve("other.csv"), "or\n");

    count(directory.resolve("*.txt").toString());

    assertThat(counted(), is(Map.of("to", 2L, "be", 3L, "or", 1L, "not", 1L)));
  }

  @Test
  void wordIsARunOfUnicodeLetters() throws IOException {
    Path input = directory.resolve("input.txt");
    Files.writeString(input, "Ünïcode don't x2y \uD801\uDC00\uD801\uDC01 日本 --\n\n");

    count(input.toString());

    assertThat(
        counted().keySet(),
        containsInAnyOrder("Ünïcode", "don", "t", "x", "y", "\uD801\uDC00\uD801\uDC01", "日本"));
  }

  @Test
  void writesAsManyFilesAsAskedFor() throws IOException {
    count(Path.of("..", "LICENSE").toString(), "--shards=2");

    assertThat(
        Runs.files(directory.resolve("counts")).stream()
            .map(f -> f.getFileName().toString())
            .toList(),
        contains("counts-00000-of-00002", "counts-00001-of-00002"));
  }

  @Test
  void negativeShardsAreRefused() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> count("x", "--shards=-1"));

    assertThat(refusal.getMessage(), containsString("--shards=-1"));
  }

  @Test
  void missingInputFailsAndWritesNothing() throws IOException {
    Path missing = directory.resolve("missing.txt");

    Exception failure = assertThrows(Exception.class, () -> count(missing.toString()));

    assertThat(chain(failure), containsString("missing.txt"));
    assertThat(Runs.files(directory.resolve("counts")), is(empty()));
  }

  private void count(String input, String... more) {
    String[] arguments =
        Stream.concat(Stream.of("--input=" + input, "--output=" + output()), Stream.of(more))
            .toArray(String[]::new);
    PipelineResult.State state =
        WordCount.build(Runs.options(WordCount.Options.class, arguments)).run().waitUntilFinish();
    assertThat(state, is(PipelineResult.State.DONE));
  }

  private Path output() {
    return directory.resolve("counts");
  }

  private Map<String, Long> counted() throws IOException {
    List<String> lines = Runs.lines(output());
    Function<String, Long> number = line -> Long.valueOf(line.substring(line.indexOf(": ") + 2));
    return lines.stream()
        .collect(Collectors.toMap(line -> line.substring(0, line.indexOf(": ")), number));
  }

  private static String chain(Throwable failure) {
    StringBuilder messages = new StringBuilder();
    for (Throwable at = failure; at != null; at = at.getCause()) {
      messages.append(at).append('\n');
    }
    return messages.toString();
  }
}
