package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dev.trestle.runner.TrestlePipelineOptions;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job with bounded input that is given a directory for checkpoints. */
final class BoundedJobTest {

  /** Elements behind which a checkpoint has been committed. */
  private static final AtomicLong DURABLE = new AtomicLong();

  private static final AtomicLong SEEN = new AtomicLong();
  private static final AtomicBoolean FAILED = new AtomicBoolean();

  @TempDir Path directory;

  @BeforeEach
  void begin() {
    SumsJob.forgetResults();
    DURABLE.set(0);
    SEEN.set(0);
    FAILED.set(false);
  }

  @Test
  void checkpointsAreTenSecondsApartUnlessSaidOtherwise() {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs("--checkpointDir=" + directory)
            .as(TrestlePipelineOptions.class);
    assertThat(options.getCheckpointInterval(), is(10_000L));
  }

  @Test
  void jobGoesOnFromItsCheckpointAfterAFailure() {
    PipelineResult result = SumsJob.startBounded(directory.toString(), new Halfway(true));
    assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(FAILED.get(), is(true));
    assertThat(SumsJob.results(), is(SumsJob.expected()));
  }

  @Test
  void jobIsResumed() throws Exception {
    PipelineResult first = SumsJob.startBounded(directory.toString(), new Halfway(false));
    while (DURABLE.get() == 0) {
      Thread.sleep(5);
    }
    first.cancel();
    assertThat(SumsJob.results().size(), lessThan(SumsJob.expected().size()));
    SEEN.set(0);
    FAILED.set(true);
    PipelineResult second =
        SumsJob.startBounded(directory.toString(), new Halfway(false), "--resume");
    assertThat(second.waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(SumsJob.results(), is(SumsJob.expected()));
    assertThat("not from the beginning", SEEN.get(), lessThan(SumsJob.LIMIT));
    assertThat(SEEN.get(), greaterThan(0L));
  }

  /** From the middle on it takes its time until something is durable, and may fail then. */
  private static final class Halfway extends DoFn<Long, Long> {
    private final boolean fails;

    Halfway(boolean fails) {
      this.fails = fails;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out, BundleFinalizer finalizer)
        throws InterruptedException {
      SEEN.incrementAndGet();
      finalizer.afterBundleCommit(Instant.ofEpochMilli(Long.MAX_VALUE), DURABLE::incrementAndGet);
      if (!FAILED.get() && element % (SumsJob.LIMIT / 4) > SumsJob.LIMIT / 8) {
        Thread.sleep(1);
        if (fails && DURABLE.get() > 0 && FAILED.compareAndSet(false, true)) {
          throw new IllegalStateException("meant to fail");
        }
      }
      out.output(element);
    }
  }
}
