package dev.trestle.store.gcs;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStoreContract;
import dev.trestle.store.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("object-store")
final class GcsStoreTest extends CheckpointStoreContract {

  @TempDir static Path logs;

  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = FakeGcsServer.start(logs.resolve("fake-gcs-server"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected CheckpointStore newStore() throws IOException {
    return FakeGcsServer.open(FakeGcsServer.newPlace(), server.uri());
  }

  @Override
  protected CheckpointStore again(CheckpointStore store) throws IOException {
    return FakeGcsServer.open(store.toString(), server.uri());
  }
}
