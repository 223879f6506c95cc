package dev.trestle.runner.worker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.SdkHarnessOptions;

/** Beam's own worker for Java, on a thread of this process. */
final class InProcessHarness {

  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /**
   * Starts it.
   *
   * @param logs whether it takes this process's log to the server
   */
  InProcessHarness(WorkerConnection connection, boolean logs) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.as(SdkHarnessOptions.class).setEnableLogViaFnApi(logs);
    Thread thread =
        new Thread(
            () -> {
              try {
                FnHarness.main(
                    connection.id(),
                    options,
                    connection.runnerCapabilities(),
                    connection.endpoint(),
                    connection.endpoint(),
                    null);
                ended.complete(null);
              } catch (Throwable t) {
                ended.completeExceptionally(t);
              }
            },
            "harness-" + connection.id());
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits until it has seen that it is not wanted any more. */
  void awaitEnd() throws Exception {
    ended.get(RecordedBundle.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
