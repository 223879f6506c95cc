package dev.trestle.runner.worker;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.beam.fn.harness.FnHarness;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.SdkHarnessOptions;

/** Beam's own worker for Java, on a thread of this process. */
final class InProcessHarness implements AutoCloseable {

  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /**
   * Starts it.
   *
   * @param logs whether it takes this process's log to the server
   */
  InProcessHarness(WorkerServer server, String id, boolean logs) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.as(SdkHarnessOptions.class).setEnableLogViaFnApi(logs);
    Thread thread =
        new Thread(
            () -> {
              try {
                FnHarness.main(
                    id,
                    options,
                    Set.copyOf(
                        List.of("beam:protocol:control_response_elements_embedding:v1")),
                    server.endpoint(),
                    server.endpoint(),
                    null);
                ended.complete(null);
              } catch (Throwable t) {
                ended.completeExceptionally(t);
              }
            },
            "harness-" + id);
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits until it has seen that it is not wanted any more. */
  @Override
  public void close() throws Exception {
    ended.get(RecordedBundle.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
