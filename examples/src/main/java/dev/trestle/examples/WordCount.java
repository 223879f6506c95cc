package dev.trestle.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;

/**
 * Counts the words of text files. A word is a run of Unicode letters; upper and lower case differ.
 *
 * <pre>
 * --input=FILE_OR_GLOB --output=PREFIX [--shards=N]
 * </pre>
 *
 * The result is in files {@code PREFIX-00000-of-00003} and so on, with lines {@code word: n}.
 */
public final class WordCount {
  private WordCount() {}

  /** What can be chosen. */
  public interface Options extends PipelineOptions {
    @Description("Text to count: a file, or a glob such as 'books/*.txt'.")
    @Validation.Required
    String getInput();

    void setInput(String input);

    @Description("Where the counts go: files with this prefix.")
    @Validation.Required
    String getOutput();

    void setOutput(String output);

    @Description("Number of files to write; with 0 the runner decides.")
    @Default.Integer(3)
    int getShards();

    void setShards(int shards);
  }

  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    build(options).run().waitUntilFinish();
  }

  /**
   * Makes the pipeline. Unfinished files live below {@code --tempLocation}, by default beside the
   * output.
   *
   * @throws IllegalArgumentException if {@code --shards} is negative
   */
  public static Pipeline build(Options options) {
    if (options.getShards() < 0) {
      throw new IllegalArgumentException(
          "--shards=" + options.getShards() + " is negative; give a number of files, or 0");
    }
    Pipeline pipeline = Pipeline.create(options);
    TextIO.Write write = TextIO.write().to(options.getOutput()).withNumShards(options.getShards());
    if (options.getTempLocation() != null) {
      write =
          write.withTempDirectory(FileSystems.matchNewResource(options.getTempLocation(), true));
    }
    pipeline
        .apply("Read", TextIO.read().from(options.getInput()))
        .apply("Split", ParDo.of(new SplitIntoWords()))
        .apply("Count", Count.perElement())
        .apply("Format", ParDo.of(new FormatCount()))
        .apply("Write", write);
    return pipeline;
  }

  static final class SplitIntoWords extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    private final Counter lines = Metrics.counter(WordCount.class, "lines");

    @ProcessElement
    public void process(@Element String line, OutputReceiver<String> words) {
      lines.inc();
      int length = line.length();
      int start = -1; // of the word that is being read; -1 between words
      for (int at = 0, next; at < length; at = next) {
        int character = line.codePointAt(at);
        next = at + Character.charCount(character);
        if (!Character.isLetter(character)) {
          if (start >= 0) {
            words.output(line.substring(start, at));
            start = -1;
          }
        } else if (start < 0) {
          start = at;
        }
      }
      if (start >= 0) {
        words.output(line.substring(start));
      }
    }
  }

  static final class FormatCount extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<String, Long> count, OutputReceiver<String> formatted) {
      formatted.output(count.getKey() + ": " + count.getValue());
    }
  }
}
