package dev.trestle.state.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link CheckpointStore} has to do. */
public abstract class CheckpointStoreContract {

  /** For files that stores are given. */
  @TempDir protected Path local;

  private CheckpointStore store;

  /** A store without any object. */
  protected abstract CheckpointStore newStore() throws IOException;

  /** The same store, as another process would open it. */
  protected abstract CheckpointStore again(CheckpointStore store) throws IOException;

  @BeforeEach
  void open() throws IOException {
    store = newStore();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(local.resolve(name), content);
  }

  private String content(String path) throws IOException {
    return new String(store.read(path), UTF_8);
  }

  @Test
  void whatIsWrittenCanBeReadAndDownloaded() throws IOException {
    store.write("a/b/c", file("source", "content"));
    assertThat(content("a/b/c"), is("content"));
    store.download("a/b/c", local.resolve("target"));
    assertThat(Files.readString(local.resolve("target")), is("content"));
    assertThat(store.length("a/b/c"), is(OptionalLong.of(7)));
  }

  @Test
  void downloadReplacesALocalFile() throws IOException {
    store.write("a", file("source", "content"));
    store.download("a", file("target", "something longer than that"));
    assertThat(Files.readString(local.resolve("target")), is("content"));
  }

  @Test
  void everyCharacterOfAPathIsKept() throws IOException {
    String path = "%2E%C3%A4_-.Az09/100%/%25";
    assertThat(store.createIfAbsent(path, "content".getBytes(UTF_8)), is(true));
    assertThat(store.list(""), is(List.of(new StoredObject(path, 7))));
    assertThat(content(path), is("content"));
    store.delete(path);
    assertThat(store.length(path), is(OptionalLong.empty()));
  }

  @Test
  void emptyObjectsAreObjects() throws IOException {
    store.write("a", file("source", ""));
    assertThat(store.createIfAbsent("b", new byte[0]), is(true));
    assertThat(store.length("a"), is(OptionalLong.of(0)));
    assertThat(store.list("").size(), is(2));
  }

  @Test
  void largeObjectComesBackAsItWas() throws IOException {
    byte[] large = new byte[9 << 20];
    new java.util.Random(1).nextBytes(large);
    Path source = Files.write(local.resolve("large"), large);
    store.write("large", source);
    store.download("large", local.resolve("target"));
    assertThat(Files.mismatch(local.resolve("target"), source), is(-1L));
  }

  @Test
  void writingLeavesTheLocalFileAlone() throws IOException {
    Path source = file("source", "content");
    store.write("a", source);
    store.delete("a");
    assertThat(Files.readString(source), is("content"));
  }

  @Test
  void objectOutlivesTheLocalFile() throws IOException {
    Path source = file("source", "content");
    store.write("a", source);
    Files.delete(source);
    assertThat(content("a"), is("content"));
  }

  @Test
  void writingReplaces() throws IOException {
    store.write("a", file("first", "first"));
    store.write("a", file("second", "2"));
    assertThat(content("a"), is("2"));
    assertThat(Files.readString(local.resolve("first")), is("first"));
  }

  @Test
  void writingWhatIsNotThereFails() throws IOException {
    assertThrows(NoSuchFileException.class, () -> store.write("a", local.resolve("missing")));
    assertThat(store.list(""), is(empty()));
  }

  @Test
  void createIfAbsentNeverReplaces() throws IOException {
    assertThat(store.createIfAbsent("a/b", "first".getBytes(UTF_8)), is(true));
    assertThat(store.createIfAbsent("a/b", "second".getBytes(UTF_8)), is(false));
    assertThat(again(store).createIfAbsent("a/b", "third".getBytes(UTF_8)), is(false));
    store.write("c", file("source", "written"));
    assertThat(store.createIfAbsent("c", "created".getBytes(UTF_8)), is(false));
    assertThat(content("a/b"), is("first"));
    assertThat(content("c"), is("written"));
  }

  @Test
  void deletedObjectCanBeCreatedAgain() throws IOException {
    store.createIfAbsent("a", "first".getBytes(UTF_8));
    store.delete("a");
    assertThat(store.createIfAbsent("a", "second".getBytes(UTF_8)), is(true));
    assertThat(content("a"), is("second"));
  }

  @Test
  protected void oneOfManyCreates() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      for (int round = 0; round < 20; round++) {
        String path = "race/" + round;
        List<Future<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          byte[] mine = ("thread " + i).getBytes(UTF_8);
          CheckpointStore view = again(store);
          results.add(
              pool.submit(
                  () -> {
                    start.await();
                    return view.createIfAbsent(path, mine);
                  }));
        }
        List<String> winners = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          if (results.get(i).get()) {
            winners.add("thread " + i);
          }
        }
        assertThat(winners, is(List.of(content(path))));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  protected void writersAndDeletersOfNeighboursDoNotDisturbEachOther() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    Path source = file("source", "content");
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String path = "shared/directory/" + i;
        results.add(
            pool.submit(
                () -> {
                  for (int round = 0; round < 50; round++) {
                    store.write(path, source);
                    store.list("");
                    store.delete(path);
                    store.createIfAbsent(path, new byte[1]);
                    store.delete(path);
                  }
                  return null;
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
      assertThat(store.list(""), is(empty()));
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void missingObjectIsSaidToBeMissing() throws IOException {
    assertThrows(NoSuchFileException.class, () -> store.read("a/b"));
    assertThrows(NoSuchFileException.class, () -> store.download("a/b", local.resolve("target")));
    assertThat(store.length("a/b"), is(OptionalLong.empty()));
    store.delete("a/b");
  }

  @Test
  void listsWhatIsBelowThePrefix() throws IOException {
    store.createIfAbsent("a/1", new byte[1]);
    store.createIfAbsent("a/b/2", new byte[2]);
    store.createIfAbsent("ab/3", new byte[3]);
    assertThat(
        again(store).list("a/"),
        containsInAnyOrder(new StoredObject("a/1", 1), new StoredObject("a/b/2", 2)));
    assertThat(store.list("").size(), is(3));
    assertThat(store.list("none/"), is(empty()));
    store.delete("a/1");
    assertThat(store.list("a/"), is(List.of(new StoredObject("a/b/2", 2))));
  }

  @Test
  void listsMoreThanAPage() throws IOException {
    for (int i = 0; i < 1100; i++) {
      store.createIfAbsent("many/" + i, new byte[0]);
    }
    assertThat(store.list("many/").size(), is(1100));
  }

  @Test
  void refusesWhatIsNoPath() {
    for (String path : List.of("", "/a", "a/", "a//b", "../a", "a/./b", ".hidden", "a b", "ä")) {
      assertThrows(IllegalArgumentException.class, () -> store.read(path), path);
      assertThrows(
          IllegalArgumentException.class, () -> store.createIfAbsent(path, new byte[0]), path);
    }
    assertThrows(IllegalArgumentException.class, () -> store.list("a"));
  }
}
