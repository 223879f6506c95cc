package dev.trestle.store.gcs;

import dev.trestle.runner.recovery.KilledProcessContract;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.store.testing.ServerProcess;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Tag("object-store")
final class GcsKilledProcessTest extends KilledProcessContract {

  private final String place = FakeGcsServer.newPlace();
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    server = FakeGcsServer.start(directory.resolve("fake-gcs-server"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected String checkpointDir() {
    return place;
  }

  @Override
  protected Map<String, String> environment() {
    return Map.of("STORAGE_EMULATOR_HOST", server.uri().toString());
  }

  @Override
  protected CheckpointStore store() throws IOException {
    return FakeGcsServer.open(place, server.uri());
  }
}
