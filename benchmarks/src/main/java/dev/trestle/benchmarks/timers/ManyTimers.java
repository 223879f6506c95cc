package dev.trestle.benchmarks.timers;

import dev.trestle.benchmarks.Arguments;
import java.util.Locale;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Sets a timer for each of many keys, and lets them fire. Arguments: {@code --keys=N}, and after
 * {@code --} the pipeline options. The heap is the JVM's: the point is that it is too small for the
 * timers.
 */
public final class ManyTimers {
  private ManyTimers() {}

  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    long keys = arguments.number("keys", 1_000_000);
    arguments.refuseOthers();
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(arguments.pipeline()).withValidation().create());
    pipeline
        .apply(GenerateSequence.from(0).to(keys))
        .apply(WithKeys.<Long, Long>of(number -> number).withKeyType(TypeDescriptors.longs()))
        .apply("TimerForEach", ParDo.of(new TimerForEachFn(keys)));
    long start = System.nanoTime();
    PipelineResult.State end = pipeline.run().waitUntilFinish();
    double seconds = (System.nanoTime() - start) / 1e9;
    long fired = TimerForEachFn.FIRED.sum();
    System.out.printf(
        Locale.ROOT, "many-timers: fired=%d expected=%d seconds=%.1f%n", fired, keys, seconds);
    System.exit(end == PipelineResult.State.DONE && fired == keys ? 0 : 1);
  }
}
