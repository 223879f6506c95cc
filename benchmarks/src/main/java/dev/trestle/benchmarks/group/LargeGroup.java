package dev.trestle.benchmarks.group;

import dev.trestle.benchmarks.Arguments;
import java.util.Locale;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;

/**
 * Groups by distinct keys of 100 bytes. Arguments: {@code --keys=N}, and after {@code --} the
 * pipeline options. The heap is the JVM's: the point is that it is too small for the keys.
 */
public final class LargeGroup {
  private LargeGroup() {}

  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    long keys = arguments.number("keys", 1_000_000);
    arguments.refuseOthers();
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(arguments.pipeline()).withValidation().create());
    pipeline
        .apply(GenerateSequence.from(0).to(keys))
        .apply("WideKey", ParDo.of(new WideKeyFn()))
        .apply(GroupByKey.create())
        .apply("CountGroups", ParDo.of(new CountGroupsFn()));
    long start = System.nanoTime();
    PipelineResult.State end = pipeline.run().waitUntilFinish();
    double seconds = (System.nanoTime() - start) / 1e9;
    long groups = CountGroupsFn.GROUPS.sum();
    System.out.printf(
        Locale.ROOT, "large-group: keys=%d expected=%d seconds=%.1f%n", groups, keys, seconds);
    System.exit(end == PipelineResult.State.DONE && groups == keys ? 0 : 1);
  }
}
