package dev.trestle.store.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.store.testing.FaultyProxy.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a job's checkpoints in a store that speaks HTTP with a server, when the server or
 * the way there is out of order.
 */
public abstract class StoreFaultsContract {

  /** For local files. */
  @SuppressWarnings("NullAway.Init") // JUnit's
  @TempDir
  protected Path local;

  /** Counts requests, by rules that say so. */
  protected final AtomicInteger requests = new AtomicInteger();

  /** The store, whose requests go through {@link #proxy}. */
  protected abstract CheckpointStore store();

  /** The same place without the proxy. */
  protected abstract CheckpointStore direct() throws IOException;

  protected abstract FaultyProxy proxy();

  /** The HTTP method of requests that write. */
  protected abstract String writing();

  /** The first attempt to write each object gets no answer; counts requests. */
  protected abstract void loseFirstAnswers();

  /** The same fate for each request; counts them. */
  protected final void always(Fate fate) {
    proxy()
        .setRule(
            (method, uri) -> {
              requests.incrementAndGet();
              return fate;
            });
  }

  protected static byte[] bytes(String content) {
    return content.getBytes(UTF_8);
  }

  @Test
  void ownObjectIsRecognisedWhenTheAnswerWasLost() throws IOException {
    loseFirstAnswers();
    assertThat(store().createIfAbsent("a", bytes("mine")), is(true));
    assertThat("repeated, refused, looked up", requests.get(), is(3));
    assertThat(store().createIfAbsent("a", bytes("mine")), is(false));
  }

  @Test
  void objectOfAnotherIsNotTakenForOwnWhenTheRequestWasLost() throws IOException {
    CheckpointStore direct = direct();
    AtomicInteger attempts = new AtomicInteger();
    proxy()
        .setRule(
            (method, uri) -> {
              if (method.equals(writing()) && attempts.getAndIncrement() == 0) {
                create(direct, "a", bytes("same"));
                return new Fate.Lost();
              }
              return new Fate.Passed();
            });
    assertThat(store().createIfAbsent("a", bytes("same")), is(false));
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
    JobCheckpoints checkpoints = JobCheckpoints.open(store(), "job", 2);
    assertThat(checkpoints.epoch(), is(1L));
    for (int id = 1; id <= 3; id++) {
      checkpoints.commit(id, Kind.CHECKPOINT, new byte[0], Map.of(), 128, List.of());
    }
    JobCheckpoints next = JobCheckpoints.open(store(), "job", 2);
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
            allOf(containsString(store().toString()), containsString("status " + status)));
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
          allOf(containsString(store().toString()), containsString("could not be asked")));
    }
  }

  private interface Call {
    void run() throws IOException;
  }

  private List<Call> calls(Path file) {
    return List.of(
        () -> store().write("a", file),
        () -> store().createIfAbsent("a", new byte[1]),
        () -> store().read("a"),
        () -> store().download("a", local.resolve("target")),
        () -> store().length("a"),
        () -> store().list(""),
        () -> store().delete("a"));
  }
}
