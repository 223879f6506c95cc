package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.metrics.DurableMetrics;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that cannot be stored, or not yet. */
final class CheckpointTroubleTest {

  /** How often to look whether a file that is being uploaded is deleted, at most. */
  private static final int LOOKS = 100;

  private static final AtomicBoolean UPLOADING = new AtomicBoolean();
  private static final AtomicBoolean FAILED = new AtomicBoolean();
  private static final AtomicBoolean TROUBLE = new AtomicBoolean();
  private static final AtomicLong SEEN = new AtomicLong();
  private static final AtomicLong FINALIZED = new AtomicLong();

  @TempDir Path directory;

  @BeforeEach
  void begin() {
    SumsJob.forgetResults();
    UPLOADING.set(false);
    FAILED.set(false);
    TROUBLE.set(false);
    SEEN.set(0);
    FINALIZED.set(0);
  }

  @AfterEach
  void end() {
    TroubledStore.end();
  }

  @Test
  void jobThatFailsWaitsForTheUploadUnderWay() {
    try (CapturedLogs logs = new CapturedLogs()) {
      TroubledStore.onUploads(
          source -> {
            if (!UPLOADING.getAndSet(true)) {
              awaitDeletion(source);
            }
          });
      PipelineResult result = SumsJob.start("troubled://" + directory, new FailsDuringUpload());
      assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));
      assertThat(SumsJob.results(), is(SumsJob.expected()));
      assertThat(FAILED.get(), is(true));
      assertThat(logs.warnings("the job goes on"), is(empty()));
    }
  }

  @Test
  void jobGoesOnWhileCheckpointsFailAndCommitsWhenTheyDoNot() throws Exception {
    try (CapturedLogs logs = new CapturedLogs()) {
      failUploads(() -> new IOException("No space left on device"));
      TROUBLE.set(true);
      PipelineResult result = SumsJob.start("troubled://" + directory, new SlowInTrouble());
      awaitFailures(result, 3);
      failUploads(() -> new AccessDeniedException(directory.toString()));
      awaitFailures(result, count(result, DurableMetrics.FAILED_CHECKPOINTS) + 3);
      awaitElementsBeyond(SEEN.get());
      assertThat("nothing is durable", FINALIZED.get(), is(0L));
      TroubledStore.end();
      TROUBLE.set(false);
      assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));
      assertThat(SumsJob.results(), is(SumsJob.expected()));
      assertThat(FINALIZED.get(), is(SumsJob.LIMIT));
      assertThat(count(result, DurableMetrics.COMMITTED_CHECKPOINTS), greaterThan(0L));
      assertThat(
          logs.warnings("the job goes on"),
          contains(
              containsString("No space left on device"), containsString("AccessDeniedException")));
    }
  }

  @Test
  void checkpointThatCannotBeFetchedIsAskedForAgain() {
    AtomicInteger left = new AtomicInteger(2);
    TroubledStore.onDownloads(
        target -> {
          if (left.getAndDecrement() > 0) {
            throw new IOException("meant to fail");
          }
        });
    try (CapturedLogs logs = new CapturedLogs()) {
      TroubledStore.onUploads(source -> UPLOADING.set(FINALIZED.get() > 0));
      PipelineResult result = SumsJob.start("troubled://" + directory, new FailsDuringUpload());
      assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));
      assertThat(SumsJob.results(), is(SumsJob.expected()));
      assertThat(logs.warnings("could not be started"), hasSize(2));
    }
  }

  @Test
  void jobWhoseTemporaryFilesAreLostIsStartedAgain() throws Exception {
    String before = System.getProperty("java.io.tmpdir");
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    System.setProperty("java.io.tmpdir", temporary.toString());
    try (CapturedLogs logs = new CapturedLogs()) {
      PipelineResult result =
          SumsJob.start(directory.resolve("store").toString(), new LosesFiles(temporary));
      assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));
      assertThat(SumsJob.results(), is(SumsJob.expected()));
      assertThat(
          logs.warnings("Temporary files in " + temporary),
          contains(containsString("-Djava.io.tmpdir")));
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  private static void failUploads(Supplier<IOException> failure) {
    TroubledStore.onUploads(
        source -> {
          throw failure.get();
        });
  }

  private static void awaitFailures(PipelineResult result, long count) throws InterruptedException {
    while (count(result, DurableMetrics.FAILED_CHECKPOINTS) < count) {
      Thread.sleep(5);
    }
  }

  private static void awaitElementsBeyond(long seen) throws InterruptedException {
    while (SEEN.get() <= seen) {
      Thread.sleep(5);
    }
  }

  private static long count(PipelineResult result, MetricName name) {
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.named(name.getNamespace(), name.getName()))
            .build();
    return result.metrics().queryMetrics(filter).getCounters().iterator().next().getCommitted();
  }

  /** Gives a job that has failed the time to delete a file. */
  private static void awaitDeletion(Path file) {
    try {
      while (!FAILED.get()) {
        Thread.sleep(1);
      }
      for (int i = 0; i < LOOKS && Files.exists(file); i++) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final class FailsDuringUpload extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out, BundleFinalizer finalizer)
        throws InterruptedException {
      finalizer.afterBundleCommit(Instant.ofEpochMilli(Long.MAX_VALUE), FINALIZED::incrementAndGet);
      if (FAILED.get()) {
        out.output(element);
        return;
      }
      if (!UPLOADING.get()) {
        Thread.sleep(1);
      } else if (FAILED.compareAndSet(false, true)) {
        throw new IllegalStateException("meant to fail");
      }
      out.output(element);
    }
  }

  private static final class SlowInTrouble extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out, BundleFinalizer finalizer)
        throws InterruptedException {
      if (TROUBLE.get()) {
        Thread.sleep(1);
      }
      SEEN.incrementAndGet();
      finalizer.afterBundleCommit(Instant.ofEpochMilli(Long.MAX_VALUE), FINALIZED::incrementAndGet);
      out.output(element);
    }
  }

  /**
   * Once there is a checkpoint it deletes what is in a directory, and takes its time after that.
   */
  private static final class LosesFiles extends DoFn<Long, Long> {
    private final String victim;
    private transient boolean started;

    LosesFiles(Path victim) {
      this.victim = victim.toString();
    }

    @Setup
    public void setUp() {
      started = TROUBLE.get();
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out, BundleFinalizer finalizer)
        throws Exception {
      finalizer.afterBundleCommit(Instant.ofEpochMilli(Long.MAX_VALUE), FINALIZED::incrementAndGet);
      if (!started) {
        Thread.sleep(1);
        if (FINALIZED.get() > 0 && TROUBLE.compareAndSet(false, true)) {
          deleteContent(Path.of(victim));
        }
      }
      out.output(element);
    }

    private static void deleteContent(Path directory) throws IOException {
      List<Path> content;
      try (Stream<Path> found = Files.walk(directory)) {
        content = found.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : content) {
        if (!path.equals(directory)) {
          try {
            Files.deleteIfExists(path);
          } catch (DirectoryNotEmptyException e) {
            deleteContent(path);
            Files.deleteIfExists(path);
          }
        }
      }
    }
  }
}
