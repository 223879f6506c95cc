package dev.trestle.state.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends CheckpointStoreContract {

  @TempDir Path directory;

  @Override
  protected CheckpointStore newStore() {
    return DirectoryStore.open(directory.resolve("deep/below"));
  }

  @Override
  protected CheckpointStore again(CheckpointStore store) {
    return DirectoryStore.open(Path.of(store.toString()));
  }

  private static List<Path> content(Path directory) throws IOException {
    try (Stream<Path> content = Files.walk(directory)) {
      return content.filter(path -> !path.equals(directory)).toList();
    }
  }

  @Test
  void makesNothingBeforeItIsWrittenTo() throws IOException {
    newStore().list("");
    assertThat(content(directory), is(empty()));
  }

  @Test
  void deletesDirectoriesThatAreEmpty() throws IOException {
    CheckpointStore store = DirectoryStore.open(directory);
    store.createIfAbsent("a/b/c", new byte[1]);
    store.delete("a/b/c");
    assertThat(content(directory), is(List.of(directory.resolve(".unfinished"))));
  }

  @Test
  void copiesWhatCannotBeLinked() throws IOException {
    CheckpointStore store = DirectoryStore.open(directory);
    Path source = Files.writeString(local.resolve("source"), "content");
    Path link = Files.createSymbolicLink(local.resolve("link"), source);
    store.write("a", link);
    Files.writeString(source, "changed");
    assertThat(Files.readString(directory.resolve("a")), is("content"));
    assertThat(content(directory.resolve(".unfinished")), is(empty()));
  }

  @Test
  void linksWhatIsDownloadedToTheSameFileSystem() throws IOException {
    CheckpointStore store = DirectoryStore.open(directory);
    store.createIfAbsent("a", new byte[] {7});
    Path target = Files.writeString(local.resolve("target"), "in the way");
    store.download("a", target);
    assertThat(Files.readAllBytes(target), is(new byte[] {7}));
    assertThat(Files.isSameFile(target, directory.resolve("a")), is(true));
  }

  @Test
  void whatACrashLeftIsNoObjectAndGoesAfterADay() throws IOException {
    CheckpointStore store = DirectoryStore.open(directory);
    store.createIfAbsent("a", new byte[1]);
    Path left = Files.writeString(directory.resolve(".unfinished/left"), "half");
    Instant now = Instant.now();
    DirectoryStore.open(directory, InstantSource.fixed(now.plus(Duration.ofHours(23))));
    assertThat("may still be written", Files.exists(left), is(true));
    assertThat(store.list(""), is(List.of(new StoredObject("a", 1))));
    DirectoryStore.open(directory, InstantSource.fixed(now.plus(Duration.ofHours(25))));
    assertThat(Files.exists(left), is(false));
  }

  @Test
  void failsWhereAFileIsInTheWayAndWorksWhenItIsGone() throws IOException {
    CheckpointStore store = DirectoryStore.open(directory.resolve("root"));
    Path obstacle = Files.writeString(directory.resolve("root"), "");
    Path source = Files.writeString(local.resolve("source"), "content");
    assertThrows(IOException.class, () -> store.write("a/b", source));
    assertThrows(IOException.class, () -> store.createIfAbsent("a/b", new byte[1]));
    Files.delete(obstacle);
    store.write("a/b", source);
    assertThat(store.list("").size(), is(1));
  }

  @Test
  void failsWithoutPermissionAndWorksWithIt() throws IOException {
    assumeFalse("root".equals(System.getProperty("user.name")), "root may do everything");
    CheckpointStore store = DirectoryStore.open(directory);
    store.createIfAbsent("a/1", new byte[1]);
    Path source = Files.writeString(local.resolve("source"), "content");
    Files.setPosixFilePermissions(
        directory.resolve("a"), PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertThrows(IOException.class, () -> store.write("a/2", source));
      assertThrows(IOException.class, () -> store.createIfAbsent("a/3", new byte[1]));
      assertThrows(IOException.class, () -> store.delete("a/1"));
    } finally {
      Files.setPosixFilePermissions(
          directory.resolve("a"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    store.write("a/2", source);
    assertThat(store.list("").size(), is(2));
  }
}
