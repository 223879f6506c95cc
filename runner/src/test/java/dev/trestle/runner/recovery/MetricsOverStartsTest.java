package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.transforms.DoFn;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job has counted when it goes on from a checkpoint. */
final class MetricsOverStartsTest {

  private static final String SPACE = "measured";

  private static final AtomicInteger FAILURES = new AtomicInteger();

  @TempDir Path directory;

  @BeforeEach
  void begin() {
    SumsJob.forgetResults();
    FAILURES.set(0);
  }

  @Test
  void whatIsCommittedIsCountedOnce() {
    FAILURES.set(3);
    PipelineResult result = SumsJob.start(directory.toString(), new Measured(Long.MAX_VALUE));
    assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(FAILURES.get(), is(0));
    assertAllIsCounted(result);
  }

  @Test
  void anotherProcessCountsOn() throws Exception {
    PipelineResult first = SumsJob.start(directory.toString(), new Measured(SumsJob.LIMIT / 2));
    while (committed(first) == 0) {
      Thread.sleep(5);
    }
    first.cancel();
    long before = committed(first);
    PipelineResult second =
        SumsJob.start(directory.toString(), new Measured(Long.MAX_VALUE), "--resume");
    assertThat(committed(second), greaterThanOrEqualTo(before));
    assertThat(second.waitUntilFinish(), is(PipelineResult.State.DONE));
    assertAllIsCounted(second);
  }

  @Test
  void jobThatIsDoneHasWhatItHadCounted() {
    SumsJob.start(directory.toString(), new Measured(Long.MAX_VALUE)).waitUntilFinish();
    PipelineResult again = SumsJob.start(directory.toString(), new Measured(Long.MAX_VALUE));
    assertThat(again.waitUntilFinish(), is(PipelineResult.State.DONE));
    assertAllIsCounted(again);
  }

  private static void assertAllIsCounted(PipelineResult result) {
    long sum = SumsJob.LIMIT * (SumsJob.LIMIT - 1) / 2;
    MetricQueryResults measured = measured(result);
    MetricResult<Long> counter = only(measured.getCounters());
    assertThat(counter.getCommitted(), is(SumsJob.LIMIT));
    assertThat(counter.getAttempted(), greaterThanOrEqualTo(SumsJob.LIMIT));
    assertThat(
        only(measured.getDistributions()).getCommitted(),
        is(DistributionResult.create(sum, SumsJob.LIMIT, 0, SumsJob.LIMIT - 1)));
    assertThat(only(measured.getGauges()).getCommitted().getValue(), greaterThan(0L));
  }

  private static <T> MetricResult<T> only(Iterable<MetricResult<T>> results) {
    List<MetricResult<T>> all = new ArrayList<>();
    results.forEach(all::add);
    assertThat(all, hasSize(1));
    return all.get(0);
  }

  private static long committed(PipelineResult result) {
    for (MetricResult<Long> counter : measured(result).getCounters()) {
      Long committed = counter.getCommittedOrNull();
      return committed == null ? 0 : committed;
    }
    return 0;
  }

  private static MetricQueryResults measured(PipelineResult result) {
    return result
        .metrics()
        .queryMetrics(
            MetricsFilter.builder().addNameFilter(MetricNameFilter.inNamespace(SPACE)).build());
  }

  /** Measures its elements, and takes its time from one of them on. */
  private static final class Measured extends DoFn<Long, Long> {
    private final Counter elements = Metrics.counter(SPACE, "elements");
    private final Distribution values = Metrics.distribution(SPACE, "values");
    private final Gauge last = Metrics.gauge(SPACE, "last");
    private final long stall;

    Measured(long stall) {
      this.stall = stall;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out)
        throws InterruptedException {
      elements.inc();
      values.update(element);
      last.set(element + 1);
      if (element % 10_007 == 10_006 && FAILURES.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new IllegalStateException("meant to fail");
      }
      if (element >= stall) {
        Thread.sleep(1);
      }
      out.output(element);
    }
  }
}
