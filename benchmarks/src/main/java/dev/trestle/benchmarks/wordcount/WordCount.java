package dev.trestle.benchmarks.wordcount;

import dev.trestle.benchmarks.Arguments;
import java.util.Arrays;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Counts words, runs of Unicode letters, and writes lines {@code word: n}.
 *
 * <p>Arguments: {@code --input=FILE --output=PREFIX}, {@code --construct-only=true} to stop when
 * the pipeline has been built and translated to its proto, and after {@code --} the pipeline
 * options.
 */
public final class WordCount {
  private WordCount() {}

  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    String input = arguments.required("input");
    String output = arguments.required("output");
    boolean constructOnly = arguments.flag("construct-only");
    arguments.refuseOthers();
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(arguments.pipeline()).withValidation().create());
    countWords(pipeline, input, output);
    if (constructOnly) {
      RunnerApi.Pipeline proto = PipelineTranslation.toProto(pipeline);
      System.out.printf("built %d transforms%n", proto.getComponents().getTransformsCount());
      return;
    }
    PipelineResult.State end = pipeline.run().waitUntilFinish();
    // A runner may have left threads behind: do not wait for them.
    System.exit(end == PipelineResult.State.DONE ? 0 : 1);
  }

  private static void countWords(Pipeline pipeline, String input, String output) {
    pipeline
        .apply("Read", TextIO.read().from(input))
        .apply(
            "Split",
            FlatMapElements.into(TypeDescriptors.strings())
                .via((String line) -> Arrays.asList(line.split("[^\\p{L}]+", -1))))
        .apply("DropEmpty", Filter.by((String word) -> !word.isEmpty()))
        .apply("Count", Count.perElement())
        .apply(
            "Format",
            MapElements.into(TypeDescriptors.strings())
                .via((KV<String, Long> count) -> count.getKey() + ": " + count.getValue()))
        .apply("Write", TextIO.write().to(output));
  }
}
