package dev.trestle.store.s3;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStoreContract;
import dev.trestle.store.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("object-store")
final class S3StoreTest extends CheckpointStoreContract {

  @TempDir static Path logs;

  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = MotoServer.start(logs.resolve("moto"), Map.of());
    S3Settings.use(S3Settings.environment(server.uri()));
    S3Settings.createBucket();
  }

  @AfterAll
  static void stop() {
    S3Settings.use(Map.of());
    server.close();
  }

  @Override
  protected CheckpointStore newStore() throws IOException {
    return S3Settings.open(S3Settings.newPlace());
  }

  @Override
  protected CheckpointStore again(CheckpointStore store) throws IOException {
    return S3Settings.open(store.toString());
  }

  @Test
  void whatIsNoObjectIsNotListed() throws IOException {
    CheckpointStore above = S3Settings.open("s3://" + S3Settings.BUCKET + "/a");
    CheckpointStore below = S3Settings.open("s3://" + S3Settings.BUCKET + "/a/b/");
    below.createIfAbsent("c", new byte[1]);
    assertThat(above.list("").stream().map(o -> o.path()).toList(), is(List.of("b/c")));
  }

  @Test
  void bucketMayBeInThePath() throws IOException {
    Map<String, String> settings = new TreeMap<>(S3Settings.environment(server.uri()));
    settings.put("AWS_ENDPOINT_URL_S3", "http://localhost:" + server.uri().getPort());
    settings.put("TRESTLE_S3_PATH_STYLE", "true");
    S3Settings.use(settings);
    try {
      CheckpointStore store = newStore();
      assertThat(store.createIfAbsent("a", new byte[1]), is(true));
      assertThat(again(store).createIfAbsent("a", new byte[1]), is(false));
    } finally {
      S3Settings.use(S3Settings.environment(server.uri()));
    }
  }
}
