package dev.trestle.store.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStoreContract;
import dev.trestle.state.checkpoint.CheckpointStores;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.state.checkpoint.StoredObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HdfsStoreTest extends CheckpointStoreContract {

  @TempDir static java.nio.file.Path directory;

  private static HdfsCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    cluster = HdfsCluster.start(directory);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Override
  protected CheckpointStore newStore() throws IOException {
    return cluster.open(cluster.newPlace());
  }

  @Override
  protected CheckpointStore again(CheckpointStore store) throws IOException {
    return cluster.open(store.toString());
  }

  @Test
  void isFoundByItsScheme() throws IOException {
    CheckpointStore store = CheckpointStores.load().open(cluster.newPlace());
    assertThat(store.createIfAbsent("a", new byte[1]), is(true));
  }

  @Test
  void fileThatWasHalfWrittenWhenAProcessDiedIsNoObject() throws IOException {
    CheckpointStore store = newStore();
    DistributedFileSystem files = cluster.files();
    Path half = new Path(store.toString(), ".unfinished/half");
    try (OutputStream out = files.create(half, false)) {
      out.write(1);
      assertThat(store.list(""), is(List.of()));
    }
    Instant now = Instant.now();
    open(store, now.plus(Duration.ofHours(23)));
    assertThat("may still be written", files.exists(half), is(true));
    open(store, now.plus(Duration.ofHours(25)));
    assertThat(files.exists(half), is(false));
  }

  private static void open(CheckpointStore store, Instant now) throws IOException {
    HdfsStore.open(cluster.files(), new Path(store.toString()), InstantSource.fixed(now));
  }

  @Test
  void nothingUnfinishedAndNoEmptyDirectoryStays() throws IOException {
    CheckpointStore store = newStore();
    store.createIfAbsent("a/b/c", new byte[1]);
    store.createIfAbsent("a/b/c", new byte[1]);
    store.write("a/b/d", Files.write(local.resolve("file"), new byte[1]));
    store.delete("a/b/c");
    store.delete("a/b/d");
    DistributedFileSystem files = cluster.files();
    assertThat(files.exists(new Path(store.toString(), "a")), is(false));
    assertThat(files.listStatus(new Path(store.toString(), ".unfinished")).length, is(0));
  }

  @Test
  void whatWasCreatedOutlivesTheNameNode() throws IOException {
    CheckpointStore store = newStore();
    store.createIfAbsent("a", "content".getBytes(UTF_8));
    cluster.restartNameNode();
    assertThat(store.read("a"), is("content".getBytes(UTF_8)));
    assertThat(store.createIfAbsent("a", new byte[1]), is(false));
  }

  /** The NameNode has renamed, and its retry cache does not know any more. */
  @Test
  void ownFileIsRecognisedWhenTheAnswerWasLost() throws Exception {
    CheckpointStore place = newStore();
    DistributedFileSystem repeating = new RepeatedRename();
    repeating.initialize(cluster.files().getUri(), cluster.files().getConf());
    CheckpointStore store = HdfsStore.open(repeating, new Path(place.toString()));
    assertThat(store.createIfAbsent("a", "mine".getBytes(UTF_8)), is(true));
    assertThat(store.createIfAbsent("a", "mine".getBytes(UTF_8)), is(false));
    assertThat(place.list(""), is(List.of(new StoredObject("a", 4))));
    JobCheckpoints checkpoints = JobCheckpoints.open(store, "job", 2);
    assertThat(checkpoints.epoch(), is(1L));
    checkpoints.commit(1, Kind.CHECKPOINT, new byte[0], Map.of(), 128, List.of());
    repeating.close();
  }

  /** Repeats what was done already, as a client whose connection has broken. */
  private static final class RepeatedRename extends DistributedFileSystem {
    @Override
    public void rename(Path from, Path to, Rename... options) throws IOException {
      super.rename(from, to, options);
      super.rename(from, to, options);
    }
  }

  @Test
  void failsWhileTheNameNodeRefusesToWriteAndWorksWhenItDoesNot() throws IOException {
    CheckpointStore store = newStore();
    cluster.setSafeMode(true);
    try {
      IOException failure =
          assertThrows(IOException.class, () -> store.createIfAbsent("a", new byte[1]));
      assertThat(failure.getMessage(), containsString("safe mode"));
    } finally {
      cluster.setSafeMode(false);
    }
    assertThat(store.createIfAbsent("a", new byte[1]), is(true));
  }

  @Test
  void failsWhereAFileIsInTheWay() throws IOException {
    CheckpointStore store = newStore();
    store.createIfAbsent("a", new byte[1]);
    assertThrows(IOException.class, () -> store.createIfAbsent("a/b", new byte[1]));
    assertThrows(
        IOException.class,
        () -> store.write("a/b", Files.write(local.resolve("file"), new byte[1])));
  }

  @Test
  void missingNameNodeIsNamedWithTheRemedy() {
    for (String place : List.of("hdfs://127.0.0.1:1/directory", "hdfs://no.invalid:1/directory")) {
      IOException failure =
          assertThrows(
              IOException.class, () -> new HdfsStoreProvider().open(URI.create(place)), place);
      assertThat(
          failure.getMessage(), allOf(containsString(place), containsString("HADOOP_CONF_DIR")));
    }
  }

  @Test
  void configurationIsReadFromADirectory() throws IOException {
    Files.writeString(
        local.resolve("hdfs-site.xml"),
        "<configuration><property><name>dfs.replication</name><value>7</value></property>"
            + "</configuration>");
    assertThat(
        HdfsStoreProvider.configuration(local.toString()).getInt("dfs.replication", 0), is(7));
  }

  @Test
  void placeNeedsANameNodeAndADirectory() {
    for (String place : List.of("hdfs:///directory", "hdfs://namenode")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new HdfsStoreProvider().open(URI.create(place)),
          place);
    }
  }
}
