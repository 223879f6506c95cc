package example;

import dev.trestle.runner.TrestlePipelineResult;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/** Sums up numbers, for ever. */
public final class SumsProgram {
  private SumsProgram() {}

  /** The first argument is the name of the sum. */
  public static void main(String[] arguments) {
    start(arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length)).waitUntilFinish();
  }

  /** Starts the job. */
  public static TrestlePipelineResult start(String... arguments) {
    return start(
        "Sums",
        Stream.concat(Stream.of(arguments), Stream.of("--runner=TrestleRunner"))
            .toArray(String[]::new));
  }

  private static TrestlePipelineResult start(String sums, String... arguments) {
    List<String> all =
        Stream.concat(Stream.of(arguments), Stream.of("--streaming", "--parallelism=2")).toList();
    PipelineOptions options = PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).create();
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Numbers", GenerateSequence.from(0).withRate(100, Duration.millis(10)))
        .apply("Hours", Window.into(FixedWindows.of(Duration.standardHours(1))))
        .apply("Keys", WithKeys.of((Long n) -> n % 7).withKeyType(TypeDescriptors.longs()))
        .apply(sums, Sum.longsPerKey());
    return (TrestlePipelineResult) pipeline.run();
  }
}
