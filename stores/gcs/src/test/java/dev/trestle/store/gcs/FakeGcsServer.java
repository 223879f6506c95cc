package dev.trestle.store.gcs;

import com.google.cloud.storage.BucketInfo;
import com.google.cloud.storage.Storage;
import dev.trestle.state.checkpoint.BucketPrefix;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.store.testing.ServerCache;
import dev.trestle.store.testing.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** fake-gcs-server, which speaks the protocol of Google Cloud Storage. */
final class FakeGcsServer {

  static final String BUCKET = "checkpoints";

  private static final String VERSION = "1.52.2";

  private FakeGcsServer() {}

  /**
   * Starts it, with a bucket.
   *
   * @param log where its output goes
   */
  static ServerProcess start(Path log) throws Exception {
    Path program =
        ServerCache.directory("fake-gcs-server-" + VERSION, FakeGcsServer::install)
            .resolve("fake-gcs-server");
    ServerProcess server =
        ServerProcess.start(
            log,
            Map.of(),
            port ->
                List.of(
                    program.toString(),
                    "-scheme=http",
                    "-backend=memory",
                    "-host=127.0.0.1",
                    "-port=" + port,
                    "-external-url=http://127.0.0.1:" + port,
                    "-public-host=127.0.0.1:" + port));
    try (Storage storage =
        GcsStoreProvider.options(server.uri().toString()).toBuilder()
            .setProjectId("any")
            .build()
            .getService()) {
      storage.create(BucketInfo.of(BUCKET));
      return server;
    } catch (Exception e) {
      server.close();
      throw e;
    }
  }

  private static void install(Path directory) throws IOException, InterruptedException {
    ServerCache.run(
        directory,
        Map.of("GOBIN", directory.toString()),
        List.of("go", "install", "github.com/fsouza/fake-gcs-server@v" + VERSION));
  }

  /** A place that nobody has used. */
  static String newPlace() {
    return "gs://" + BUCKET + "/" + UUID.randomUUID();
  }

  static CheckpointStore open(String place, URI server) throws IOException {
    return GcsStore.open(
        GcsStoreProvider.options(server.toString()).getService(),
        BucketPrefix.of(URI.create(place)));
  }
}
