package dev.trestle.store.s3;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.store.testing.FaultyProxy;
import dev.trestle.store.testing.FaultyProxy.Fate;
import dev.trestle.store.testing.ServerProcess;
import dev.trestle.store.testing.StoreFaultsContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a job's checkpoints when S3, or the way there, is not what it should be. */
@Tag("object-store")
final class S3FaultsTest extends StoreFaultsContract {

  @TempDir static Path logs;

  private static ServerProcess server;

  private FaultyProxy proxy;
  private CheckpointStore store;

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

  @BeforeEach
  void open() throws IOException {
    proxy = FaultyProxy.to(server.uri());
    S3Settings.use(S3Settings.environment(proxy.uri()));
    store = S3Settings.open(S3Settings.newPlace());
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
    Map<String, String> before = S3Settings.environment(proxy.uri());
    S3Settings.use(S3Settings.environment(server.uri()));
    try {
      return S3Settings.open(store.toString());
    } finally {
      S3Settings.use(before);
    }
  }

  @Override
  protected FaultyProxy proxy() {
    return proxy;
  }

  @Override
  protected String writing() {
    return "PUT";
  }

  /** The first attempt to write each object gets no answer. */
  @Override
  protected void loseFirstAnswers() {
    Set<URI> seen = ConcurrentHashMap.newKeySet();
    proxy.setRule(
        (method, uri) -> {
          requests.incrementAndGet();
          return method.equals("PUT") && seen.add(uri) ? new Fate.AnswerLost() : new Fate.Passed();
        });
  }

  @Test
  void conflictIsNoDecision() throws IOException {
    AtomicInteger conflicts = new AtomicInteger(3);
    proxy.setRule(
        (method, uri) ->
            method.equals("PUT") && conflicts.getAndDecrement() > 0
                ? new Fate.Answered(409)
                : new Fate.Passed());
    assertThat(store.createIfAbsent("a", bytes("mine")), is(true));
    assertThat(store.read("a"), is(bytes("mine")));
  }

  @Test
  void conflictThatDoesNotEndFails() {
    always(new Fate.Answered(409));
    IOException failure =
        assertThrows(IOException.class, () -> store.createIfAbsent("a", new byte[1]));
    assertThat(failure.getMessage(), containsString("status 409"));
    assertThat(requests.get(), is(21));
  }

  @Test
  void failureThatPassesIsNotSeen() throws IOException {
    Map<String, Integer> seen = new HashMap<>();
    proxy.setRule(
        (method, uri) -> {
          synchronized (seen) {
            int number = seen.merge(method + uri, 1, Integer::sum);
            return number == 1 ? new Fate.Answered(503) : new Fate.Passed();
          }
        });
    Path file = Files.write(local.resolve("file"), bytes("content"));
    store.write("a", file);
    assertThat(store.read("a"), is(bytes("content")));
    store.delete("a");
    assertThat(store.list(""), is(List.of()));
  }

  @Test
  void uploadThatFailsLeavesNothing() throws IOException {
    Path large = Files.write(local.resolve("large"), new byte[MultipartUpload.PART + 1]);
    proxy.setRule(
        (method, uri) ->
            String.valueOf(uri.getQuery()).contains("partNumber=2")
                ? new Fate.Answered(500)
                : new Fate.Passed());
    assertThrows(IOException.class, () -> store.write("large", large));
    assertThat(store.list(""), is(List.of()));
    AtomicInteger aborted = new AtomicInteger();
    proxy.setRule(
        (method, uri) -> {
          aborted.addAndGet(method.equals("DELETE") ? 1 : 0);
          return uri.toString().contains("partNumber=1")
              ? new Fate.Answered(500)
              : new Fate.Passed();
        });
    assertThrows(IOException.class, () -> store.write("large", large));
    assertThat(aborted.get(), is(1));
  }

  @Test
  void missingBucketIsNamed() {
    IOException failure =
        assertThrows(IOException.class, () -> S3Settings.open("s3://not-there/prefix"));
    assertThat(
        failure.getMessage(),
        allOf(containsString("s3://not-there/prefix/"), containsString("create it")));
  }

  @Test
  void serverThatOverwritesIsRefused() throws IOException {
    try (FaultyProxy overwriting = FaultyProxy.to(server.uri()).without("If-None-Match")) {
      S3Settings.use(S3Settings.environment(overwriting.uri()));
      IOException failure =
          assertThrows(IOException.class, () -> S3Settings.open(S3Settings.newPlace()));
      assertThat(failure.getMessage(), containsString("If-None-Match"));
    }
  }

  @Test
  void credentialsThatAreNotKnownAreRefusedWithTheRemedy() throws Exception {
    try (ServerProcess strict =
        MotoServer.start(logs.resolve("strict"), Map.of("INITIAL_NO_AUTH_ACTION_COUNT", "1"))) {
      S3Settings.use(S3Settings.environment(strict.uri()));
      S3Settings.createBucket();
      IOException failure =
          assertThrows(IOException.class, () -> S3Settings.open(S3Settings.newPlace()));
      assertThat(
          failure.getMessage(),
          allOf(
              containsString("s3://" + S3Settings.BUCKET),
              containsString("access refused"),
              containsString("AWS_ACCESS_KEY_ID")));
    }
  }
}
