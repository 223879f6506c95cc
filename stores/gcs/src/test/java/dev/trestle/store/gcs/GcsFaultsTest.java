package dev.trestle.store.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.api.gax.retrying.RetrySettings;
import com.google.cloud.storage.StorageOptions;
import dev.trestle.state.checkpoint.BucketPrefix;
import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.store.testing.FaultyProxy;
import dev.trestle.store.testing.FaultyProxy.Fate;
import dev.trestle.store.testing.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
final class GcsFaultsTest {

  @TempDir static Path logs;

  private static ServerProcess server;

  @TempDir Path local;

  private final AtomicInteger requests = new AtomicInteger();
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

  private void always(Fate fate) {
    proxy.setRule(
        (method, uri) -> {
          requests.incrementAndGet();
          return fate;
        });
  }

  /** Of the requests that write, each one with an odd number gets no answer. */
  private void loseFirstAnswers() {
    AtomicInteger writes = new AtomicInteger();
    proxy.setRule(
        (method, uri) -> {
          requests.incrementAndGet();
          return method.equals("POST") && writes.getAndIncrement() % 2 == 0
              ? new Fate.AnswerLost()
              : new Fate.Passed();
        });
  }

  private static byte[] bytes(String content) {
    return content.getBytes(UTF_8);
  }

  @Test
  void ownObjectIsRecognisedWhenTheAnswerWasLost() throws IOException {
    loseFirstAnswers();
    assertThat(store.createIfAbsent("a", bytes("mine")), is(true));
    assertThat("repeated, refused, looked up", requests.get(), is(3));
    assertThat(store.createIfAbsent("a", bytes("mine")), is(false));
  }

  @Test
  void objectOfAnotherIsNotTakenForOwnWhenTheRequestWasLost() throws IOException {
    CheckpointStore direct = FakeGcsServer.open(store.toString(), server.uri());
    AtomicInteger attempts = new AtomicInteger();
    proxy.setRule(
        (method, uri) -> {
          if (method.equals("POST") && attempts.getAndIncrement() == 0) {
            create(direct, "a", bytes("same"));
            return new Fate.Lost();
          }
          return new Fate.Passed();
        });
    assertThat(store.createIfAbsent("a", bytes("same")), is(false));
    assertThat(attempts.get(), is(2));
  }

  private static void create(CheckpointStore store, String path, byte[] content) {
    try {
      assertThat(store.createIfAbsent(path, content), is(true));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void jobKeepsItsEpochWhenEveryFirstAnswerIsLost() throws Exception {
    loseFirstAnswers();
    JobCheckpoints checkpoints = JobCheckpoints.open(store, "job", 2);
    assertThat(checkpoints.epoch(), is(1L));
    for (int id = 1; id <= 3; id++) {
      checkpoints.commit(id, Kind.CHECKPOINT, new byte[0], Map.of(), 128, List.of());
    }
    JobCheckpoints next = JobCheckpoints.open(store, "job", 2);
    assertThat(next.newestWhole(problem -> {}).orElseThrow().manifest().id(), is(3L));
  }

  @Test
  void serverThatIsOutOfOrderFailsEveryCall() throws IOException {
    Path file = Files.write(local.resolve("file"), new byte[1]);
    for (int status : new int[] {500, 503}) {
      always(new Fate.Answered(status));
      for (Call call : calls(file)) {
        requests.set(0);
        IOException failure = assertThrows(IOException.class, call::run);
        assertThat(
            failure.getMessage(),
            allOf(containsString(store.toString()), containsString("status " + status)));
        assertThat("the client has tried again", requests.get(), greaterThan(1));
      }
    }
  }

  @Test
  void connectionThatBreaksFailsEveryCall() throws IOException {
    Path file = Files.write(local.resolve("file"), new byte[1]);
    always(new Fate.Lost());
    for (Call call : calls(file)) {
      IOException failure = assertThrows(IOException.class, call::run);
      assertThat(
          failure.getMessage(),
          allOf(containsString(store.toString()), containsString("could not be asked")));
    }
  }

  private interface Call {
    void run() throws IOException;
  }

  private List<Call> calls(Path file) {
    return List.of(
        () -> store.write("a", file),
        () -> store.createIfAbsent("a", new byte[1]),
        () -> store.read("a"),
        () -> store.download("a", local.resolve("target")),
        () -> store.length("a"),
        () -> store.list(""),
        () -> store.delete("a"));
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
