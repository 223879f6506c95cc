package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.state.checkpoint.DirectoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DurableJobTest {

  private static final long LIMIT = 30_000;

  private static final Map<String, Long> RESULTS = new ConcurrentHashMap<>();
  private static final AtomicInteger FAILURES = new AtomicInteger();

  @TempDir Path directory;

  @BeforeEach
  void forget() {
    RESULTS.clear();
    FAILURES.set(0);
  }

  @Test
  void jobGoesOnAfterFailures() {
    FAILURES.set(3);
    assertThat(run("job", 5, Long.MAX_VALUE), is(PipelineResult.State.DONE));
    assertThat(FAILURES.get(), is(0));
    assertThat(new TreeMap<>(RESULTS), is(expected()));
  }

  @Test
  void jobThatAlwaysFailsIsGivenUp() {
    FAILURES.set(Integer.MAX_VALUE);
    PipelineExecutionException failure =
        assertThrows(
            PipelineExecutionException.class,
            () -> run("job", 100_000, Long.MAX_VALUE, "--maxRestarts=1"));
    assertThat(failure.getCause().getMessage(), containsString("meant to fail"));
  }

  @Test
  void anotherRunOfTheSameNameGoesOn() throws Exception {
    PipelineResult first = start("job", 5, LIMIT / 2);
    awaitCheckpoints(3);
    first.cancel();
    assertThat(run("job", 5, Long.MAX_VALUE, "--resume"), is(PipelineResult.State.DONE));
    assertThat(new TreeMap<>(RESULTS), is(expected()));
  }

  @Test
  void jobThatIsDoneIsNotDoneAgain() {
    run("job", 5, Long.MAX_VALUE);
    RESULTS.clear();
    assertThat(run("job", 5, Long.MAX_VALUE), is(PipelineResult.State.DONE));
    assertThat(RESULTS, is(Map.of()));
  }

  @Test
  void whoeverComesLaterHasTheJob() throws Exception {
    PipelineResult first = start("job", 5, LIMIT / 2);
    awaitCheckpoints(1);
    PipelineResult second = start("job", 5, LIMIT / 2);
    PipelineExecutionException failure =
        assertThrows(PipelineExecutionException.class, first::waitUntilFinish);
    assertThat(failure.getCause().getMessage(), containsString("epoch"));
    second.cancel();
  }

  @Test
  void brokenCheckpointIsPassedOver() throws Exception {
    PipelineResult first = start("job", 5, LIMIT / 2);
    awaitCheckpoints(4);
    first.cancel();
    List<Path> manifests = manifests();
    Files.write(manifests.get(manifests.size() - 1), new byte[] {1, 2, 3});
    assertThat(run("job", 5, Long.MAX_VALUE, "--resume"), is(PipelineResult.State.DONE));
    assertThat(new TreeMap<>(RESULTS), is(expected()));
  }

  @Test
  void resumeNeedsACheckpoint() {
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> run("job", 5, 10, "--resume"));
    assertThat(refused.getMessage(), containsString("no checkpoint of this job"));
  }

  @Test
  void intervalWithoutDirectoryIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                TrestleRunner.fromOptions(
                    PipelineOptionsFactory.fromArgs(
                            "--runner=TrestleRunner", "--checkpointInterval=5")
                        .create()));
    assertThat(refused.getMessage(), containsString("--checkpointDir"));
  }

  private PipelineResult.State run(String name, long interval, long stall, String... more) {
    return start(name, interval, stall, more).waitUntilFinish();
  }

  /** The job stands still at an element, unless that is not among them. */
  private PipelineResult start(String name, long interval, long stall, String... more) {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                Stream.concat(
                        Stream.of(
                            "--jobName=" + name,
                            "--streaming",
                            "--parallelism=2",
                            "--maxBundleSize=200",
                            "--checkpointDir=" + directory,
                            "--checkpointInterval=" + interval),
                        Stream.of(more))
                    .toArray(String[]::new))
            .as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Read.from(new Numbers(LIMIT)))
        .apply(ParDo.of(new Trouble(stall)))
        .apply(Window.into(FixedWindows.of(Duration.millis(1000))))
        .apply(WithKeys.of((Long n) -> n % 17).withKeyType(TypeDescriptors.longs()))
        .apply(Sum.longsPerKey())
        .apply(ParDo.of(new Sink()));
    return pipeline.run();
  }

  private static Map<String, Long> expected() {
    Map<String, Long> sums = new TreeMap<>();
    for (long n = 0; n < LIMIT; n++) {
      sums.merge(n % 17 + " in " + n / 1000, n, Long::sum);
    }
    return sums;
  }

  private void awaitCheckpoints(int count) throws Exception {
    while (true) {
      List<Path> manifests = manifests();
      if (!manifests.isEmpty() && id(manifests.get(manifests.size() - 1)) >= count) {
        return;
      }
      Thread.sleep(5);
    }
  }

  /** In the order of their ids; the job may be writing and deleting some meanwhile. */
  private List<Path> manifests() throws IOException {
    return DirectoryStore.open(directory).list("").stream()
        .map(object -> directory.resolve(object.path()))
        .filter(path -> path.endsWith("manifest"))
        .sorted(Comparator.comparingLong(DurableJobTest::id))
        .toList();
  }

  private static long id(Path manifest) {
    String name = String.valueOf(manifest.getParent().getFileName());
    return Long.parseLong(name.replaceAll("^\\D*(\\d+).*$", "$1"));
  }

  private static final class Trouble extends DoFn<Long, Long> {
    private final long stall;

    Trouble(long stall) {
      this.stall = stall;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out)
        throws InterruptedException {
      if (element % 10_007 == 10_006 && FAILURES.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new IllegalStateException("meant to fail");
      }
      if (element >= stall) {
        Thread.sleep(1);
      }
      out.output(element);
    }
  }

  /** Whatever is written again must be the same. */
  private static final class Sink extends DoFn<KV<Long, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<Long, Long> element, BoundedWindow window) {
      String name = element.getKey() + " in " + window.maxTimestamp().getMillis() / 1000;
      Long before = RESULTS.put(name, element.getValue());
      if (before != null && !before.equals(element.getValue())) {
        throw new AssertionError(name + " was " + before + " and is " + element.getValue());
      }
    }
  }
}
