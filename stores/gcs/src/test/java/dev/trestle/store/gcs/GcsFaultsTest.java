package dev.trestle.store.gcs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.api.gax.retrying.RetrySettings;
import com.google.cloud.storage.StorageOptions;
import dev.trestle.state.checkpoint.BucketPrefix;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.store.testing.FaultyProxy;
import dev.trestle.store.testing.FaultyProxy.Fate;
import dev.trestle.store.testing.ServerProcess;
import dev.trestle.store.testing.StoreFaultsContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a job's checkpoints when Cloud Storage, or the way there, is out of order. */
@Tag("object-store")
final class GcsFaultsTest extends StoreFaultsContract {

  @TempDir static Path logs;

  private static ServerProcess server;

  private FaultyProxy proxy;
  private CheckpointStore store;

  @BeforeAll
  static void start() throws Exception {
    server = FakeGcsServer.start(logs.resolve("fake-gcs-server"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    proxy = FaultyProxy.to(server.uri());
    store = impatient(FakeGcsServer.newPlace());
  }

  @AfterEach
  void close() {
    proxy.close();
  }

  @Override
  protected CheckpointStore store() {
    return store;
  }

  @Override
  protected CheckpointStore direct() throws IOException {
    return FakeGcsServer.open(store.toString(), server.uri());
  }

  @Override
  protected FaultyProxy proxy() {
    return proxy;
  }

  @Override
  protected String writing() {
    return "POST";
  }

  /** As users have it, but for the pauses between the attempts. */
  private CheckpointStore impatient(String place) throws IOException {
    StorageOptions options = GcsStoreProvider.options(proxy.uri().toString());
    RetrySettings quick =
        options.getRetrySettings().toBuilder()
            .setInitialRetryDelayDuration(Duration.ofMillis(1))
            .setMaxRetryDelayDuration(Duration.ofMillis(10))
            .build();
    return GcsStore.open(
        options.toBuilder().setRetrySettings(quick).build().getService(),
        BucketPrefix.of(URI.create(place)));
  }

  /** Of the requests that write, each one with an odd number gets no answer. */
  @Override
  protected void loseFirstAnswers() {
    AtomicInteger writes = new AtomicInteger();
    proxy.setRule(
        (method, uri) -> {
          requests.incrementAndGet();
          return method.equals("POST") && writes.getAndIncrement() % 2 == 0
              ? new Fate.AnswerLost()
              : new Fate.Passed();
        });
  }

  @Test
  void failureThatPassesIsNotSeen() throws IOException {
    AtomicInteger number = new AtomicInteger();
    proxy.setRule(
        (method, uri) ->
            number.getAndIncrement() % 2 == 0 ? new Fate.Answered(503) : new Fate.Passed());
    Path file = Files.write(local.resolve("file"), bytes("content"));
    store.write("a", file);
    assertThat(store.read("a"), is(bytes("content")));
    store.delete("a");
    assertThat(store.list(""), is(List.of()));
  }

  @Test
  void missingBucketIsNamed() {
    IOException failure = assertThrows(IOException.class, () -> impatient("gs://not-there/prefix"));
    assertThat(
        failure.getMessage(),
        allOf(containsString("gs://not-there/prefix/"), containsString("create it")));
  }

  @Test
  void refusedAccessComesWithTheRemedy() {
    for (int status : new int[] {401, 403}) {
      always(new Fate.Answered(status));
      IOException failure =
          assertThrows(IOException.class, () -> impatient(FakeGcsServer.newPlace()));
      assertThat(
          failure.getMessage(),
          allOf(
              containsString("gs://" + FakeGcsServer.BUCKET),
              containsString("access refused"),
              containsString("GOOGLE_APPLICATION_CREDENTIALS")));
    }
  }
}
