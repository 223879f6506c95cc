package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job ends while one of its DoFns waits for something, and cannot be interrupted. */
final class StuckUserCodeTest {

  private static final long LIMIT = 20_000;
  private static final long KEYS = 17;

  /** By when there has been a checkpoint. */
  private static final long STUCK_FROM = 5_000;

  private static final Map<Long, Long> COUNTS = new ConcurrentHashMap<>();
  private static final AtomicBoolean COMMITTED = new AtomicBoolean();
  private static final AtomicBoolean STUCK = new AtomicBoolean();
  private static final AtomicBoolean FAILED = new AtomicBoolean();
  private static volatile CountDownLatch way = new CountDownLatch(1);

  @TempDir Path directory;

  @BeforeEach
  void begin() {
    COUNTS.clear();
    COMMITTED.set(false);
    STUCK.set(false);
    FAILED.set(false);
    way = new CountDownLatch(1);
  }

  @Test
  void jobGoesOnBesideAThreadThatDoesNot() throws Exception {
    try (CapturedLogs logs = new CapturedLogs()) {
      PipelineResult result = pipeline().run();
      assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));
      assertThat(new TreeMap<>(COUNTS), is(expected()));
      List<String> reports = logs.warnings("does not come out of");
      assertThat(reports, hasSize(1));
      assertThat(
          reports.get(0),
          allOf(containsString("Counting"), containsString("-worker-"), containsString("waitFor")));
      way.countDown();
      logs.await("is left open any more");
    } finally {
      way.countDown();
    }
  }

  private Pipeline pipeline() {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--jobName=stuck",
                "--streaming",
                "--parallelism=2",
                "--maxBundleSize=200",
                "--checkpointDir=" + directory,
                "--checkpointInterval=5")
            .as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Read", Read.from(new Numbers(LIMIT)))
        .apply(WithKeys.of((Long n) -> n % KEYS).withKeyType(TypeDescriptors.longs()))
        .apply("Counting", ParDo.of(new Counting()));
    pipeline
        .apply("Read others", Read.from(new Numbers(LIMIT)))
        .apply("Failing", ParDo.of(new Failing()));
    return pipeline;
  }

  private static Map<Long, Long> expected() {
    Map<Long, Long> counts = new TreeMap<>();
    for (long n = 0; n < LIMIT; n++) {
      counts.merge(n % KEYS, 1L, Long::sum);
    }
    return counts;
  }

  /** Counts, and once, in the middle of that, waits. */
  private static final class Counting extends DoFn<KV<Long, Long>, Void> {

    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    @StateId("all")
    private final StateSpec<BagState<Long>> all = StateSpecs.bag();

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("count") ValueState<Long> counted,
        @StateId("all") BagState<Long> seen,
        BundleFinalizer finalizer)
        throws InterruptedException {
      Long before = counted.read();
      counted.write(before == null ? 1 : before + 1);
      finalizer.afterBundleCommit(Instant.ofEpochMilli(Long.MAX_VALUE), () -> COMMITTED.set(true));
      if (element.getValue() >= STUCK_FROM) {
        if (!COMMITTED.get()) {
          Thread.sleep(1);
        } else if (STUCK.compareAndSet(false, true)) {
          waitFor(way);
        }
      }
      seen.add(element.getValue());
      COUNTS.merge(element.getKey(), counted.read(), Math::max);
    }

    private static void waitFor(CountDownLatch latch) {
      while (latch.getCount() > 0) {
        try {
          latch.await();
        } catch (InterruptedException e) {
          // not to be stopped
        }
      }
    }
  }

  /** Takes its time until the other is stuck, and fails then. */
  private static final class Failing extends DoFn<Long, Void> {
    @ProcessElement
    public void process() throws InterruptedException {
      if (!STUCK.get()) {
        Thread.sleep(1);
      } else if (FAILED.compareAndSet(false, true)) {
        throw new IllegalStateException("meant to fail");
      }
    }
  }
}
