package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part of a job has come to its end, and the job is started again with more input for it. */
final class FinishedStageTest {

  private static final long MORE = 1000;

  private static final Queue<Long> SUMS = new ConcurrentLinkedQueue<>();

  @TempDir Path directory;

  @BeforeEach
  void forget() {
    SUMS.clear();
  }

  private PipelineResult start(boolean more) {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--jobName=finished",
                "--streaming",
                "--parallelism=2",
                "--checkpointDir=" + directory,
                "--checkpointInterval=10")
            .as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply("Endless", GenerateSequence.from(0).withRate(1, Duration.millis(10)));
    PCollection<Long> input = pipeline.apply("Few", Create.of(7L).withCoder(VarLongCoder.of()));
    if (more) {
      PCollection<Long> numbers = pipeline.apply("More", Read.from(new Numbers(MORE)));
      input = PCollectionList.of(input).and(numbers).apply(Flatten.pCollections());
    }
    input
        .apply("Days", Window.into(FixedWindows.of(Duration.standardDays(1))))
        .apply("Keys", WithKeys.of((Long n) -> "all").withKeyType(TypeDescriptors.strings()))
        .apply("Total", Sum.longsPerKey())
        .apply("Results", ParDo.of(new Results()));
    return pipeline.run();
  }

  private static void awaitSum() throws InterruptedException {
    while (SUMS.isEmpty()) {
      Thread.sleep(5);
    }
  }

  @Test
  void stageThatIsGivenMoreInputBeginsAnew() throws Exception {
    PipelineResult first = start(false);
    awaitSum();
    assertThat(SUMS.remove(), is(7L));
    Counting.awaitCheckpoints(directory, Counting.newest(directory) + 3);
    first.cancel();

    PipelineResult second = start(true);
    awaitSum();
    second.cancel();
    assertThat("what was read before is not read again", SUMS.remove(), is(MORE * (MORE - 1) / 2));
  }

  private static final class Results extends DoFn<KV<String, Long>, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<String, Long> sum) {
      SUMS.add(sum.getValue());
    }
  }
}
