package dev.trestle.store.s3;

import dev.trestle.runner.recovery.KilledProcessContract;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.store.testing.ServerProcess;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Tag("object-store")
final class S3KilledProcessTest extends KilledProcessContract {

  private final String place = S3Settings.newPlace();
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    server = MotoServer.start(directory.resolve("moto"), Map.of());
    S3Settings.use(environment());
    S3Settings.createBucket();
  }

  @AfterEach
  void stop() {
    S3Settings.use(Map.of());
    server.close();
  }

  @Override
  protected String checkpointDir() {
    return place;
  }

  @Override
  protected Map<String, String> environment() {
    return S3Settings.environment(server.uri());
  }

  @Override
  protected CheckpointStore store() throws IOException {
    return S3Settings.open(place);
  }
}
