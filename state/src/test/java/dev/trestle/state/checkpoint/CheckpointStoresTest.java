package dev.trestle.state.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoresTest {

  @TempDir Path directory;

  /** A provider that comes with a jar. */
  public static final class Provider implements CheckpointStoreProvider {
    @Override
    public Set<String> schemes() {
      return Set.of("memory");
    }

    @Override
    public CheckpointStore open(URI place) {
      return new MemoryStore();
    }
  }

  /** What is found when there is one more place on the class path. */
  private CheckpointStores withJar() throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(CheckpointStoreProvider.class.getName()), Provider.class.getName());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader jar = new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
      thread.setContextClassLoader(jar);
      return CheckpointStores.load();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void directoriesAreAlwaysThere() throws IOException {
    CheckpointStores stores = CheckpointStores.load();
    for (String place :
        List.of(directory.toString(), "file://" + directory, "FILE://" + directory)) {
      assertThat(place, stores.canOpen(place), is(true));
      assertThat(stores.open(place).toString(), is(directory.toString()));
    }
  }

  @Test
  void storeIsAddedByAddingItsJar() throws IOException {
    assertThat(CheckpointStores.load().canOpen("memory://place"), is(false));
    CheckpointStores stores = withJar();
    assertThat(stores.canOpen("memory://place"), is(true));
    assertThat(stores.open("Memory://place"), is(instanceOf(MemoryStore.class)));
  }

  @Test
  void unknownSchemeIsRefusedWithThoseThatAreThere() throws IOException {
    CheckpointStores stores = withJar();
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> stores.open("ftp://host/directory"));
    assertThat(
        refused.getMessage(),
        allOf(
            containsString("ftp://host/directory"),
            containsString("'ftp'"),
            containsString("file, memory"),
            containsString("mounted directory")));
  }

  @Test
  void storeThatIsNotThereIsNamedWithItsArtifact() {
    for (String[] known :
        List.of(
            new String[] {"s3", "trestle-store-s3"},
            new String[] {"gs", "trestle-store-gcs"},
            new String[] {"hdfs", "trestle-store-hdfs"})) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> CheckpointStores.load().open(known[0] + "://place/directory"));
      assertThat(refused.getMessage(), containsString("dev.trestle:" + known[1] + " "));
    }
  }

  @Test
  void whatIsNoUriIsRefused() throws IOException {
    CheckpointStores stores = withJar();
    for (String place : List.of("memory://a b", "memory://a?b=c", "memory://a#b")) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> stores.open(place), place);
      assertThat(refused.getMessage(), containsString(place));
    }
  }
}
