package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.transforms.DoFn;
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

  @TempDir Path directory;

  @BeforeEach
  void begin() {
    SumsJob.forgetResults();
    UPLOADING.set(false);
    FAILED.set(false);
  }

  @AfterEach
  void end() {
    TroubledStore.end();
  }

  @Test
  void jobThatFailsWaitsForTheUploadUnderWay() {
    try (CapturedLogs logs = new CapturedLogs()) {
      TroubledStore.set(
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
    public void process(@Element Long element, OutputReceiver<Long> out)
        throws InterruptedException {
      if (!UPLOADING.get()) {
        Thread.sleep(1);
      } else if (FAILED.compareAndSet(false, true)) {
        throw new IllegalStateException("meant to fail");
      }
      out.output(element);
    }
  }
}
