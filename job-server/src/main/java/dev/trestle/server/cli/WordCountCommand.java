package dev.trestle.server.cli;

import dev.trestle.examples.WordCount;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Counts words and shows the most frequent ones. */
@Command(
    name = "wordcount",
    customSynopsis = "trestle wordcount --input=FILE --output=PREFIX [--option=value...]",
    description = "Counts the words of text files, and shows the ten most frequent ones.",
    footerHeading = "%nOptions of the pipeline:%n",
    footer = {
      "  --input=FILE      Text to count: a file, or a glob such as 'books/*.txt'.",
      "  --output=PREFIX   Where the counts go: files PREFIX-00000-of-00003 and so on, with",
      "                    lines 'word: n'. The files of an earlier run are replaced.",
      "  --shards=N        Number of files; with 0 the runner decides. Default: 3.",
      "  --parallelism=N   Threads; 0, the default, for one per processor.",
      "",
      "  trestle wordcount --input=LICENSE --output=counts"
    })
public final class WordCountCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  @Mixin private final Verbosity verbosity = new Verbosity();

  @Parameters(paramLabel = "--option=value", hidden = true)
  private List<String> arguments = List.of();

  private final Terminal terminal;

  public WordCountCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    verbosity.apply();
    long start = System.nanoTime();
    WordCount.Options options = PipelineArguments.parse(WordCount.Options.class, arguments);
    FileSystems.setDefaultPipelineOptions(options);
    InputCheck.check("input", options.getInput());
    WordCountResult result;
    try (OutputPlace place = OutputPlace.prepare("output", options.getOutput())) {
      if (options.getTempLocation() == null) {
        place.temporary().ifPresent(options::setTempLocation);
      }
      Pipeline pipeline = WordCount.build(options);
      PipelineRunner.fromOptions(options); // refuses bad values, before anything is deleted
      PipelineResult.State end =
          new ForegroundJob(terminal, MetricNameFilter.named(WordCount.class, "lines"))
              .run(pipeline, place::replaceEarlierFiles, place::close);
      if (end != PipelineResult.State.DONE) {
        return ExitCodes.INTERRUPTED;
      }
      result = WordCountResult.read(place.files(), SHOWN);
    }
    show(result, options.getOutput(), (System.nanoTime() - start) / 1e9);
    return ExitCodes.DONE;
  }

  private void show(WordCountResult result, String prefix, double seconds) {
    terminal
        .out()
        .printf(
            "%,d different words, %,d in all, in %.1f s. The counts are in %s-*-of-%05d%n",
            result.different(), result.all(), seconds, prefix, result.files());
    int width = String.format("%,d", result.all()).length();
    for (WordCountResult.Line line : result.mostFrequent()) {
      terminal.out().printf("  %," + width + "d  %s%n", line.count(), line.word());
    }
  }
}
