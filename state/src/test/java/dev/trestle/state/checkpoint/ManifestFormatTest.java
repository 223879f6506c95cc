package dev.trestle.state.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ManifestFormatTest {

  private static final CheckpointManifest.File OWN =
      new CheckpointManifest.File("CURRENT", false, "0-0-CURRENT", 16, 0x8a9136aa);
  private static final CheckpointManifest.File SHARED =
      new CheckpointManifest.File(
          "000012.sst", true, "000000000041-000000000003/0-1-000012.sst", 1L << 40, 7);

  /** What the golden manifest holds. */
  private static final CheckpointManifest MANIFEST =
      new CheckpointManifest(
          1,
          42,
          3,
          "orders per minute ☕",
          1_700_000_000_123L,
          Kind.SAVEPOINT,
          128,
          Bytes.of("a pipeline".getBytes(UTF_8)),
          Map.of("version", "0.1.0", "", "empty key"),
          List.of(
              new CheckpointManifest.Task(
                  "Count/GroupByKey", 0, 0, 64, false, Long.MIN_VALUE, -5, List.of(SHARED, OWN)),
              new CheckpointManifest.Task(
                  "Count/GroupByKey", 1, 64, 128, true, Long.MAX_VALUE, 5, List.of())));

  @Test
  void readsTheGoldenManifest() throws IOException {
    assertThat(ManifestFormat.decode("golden", golden("manifest-v1")), is(MANIFEST));
  }

  @Test
  void writesTheGoldenManifest() throws IOException {
    assertThat(Bytes.of(ManifestFormat.encode(MANIFEST)), is(Bytes.of(golden("manifest-v1"))));
  }

  @Test
  void readsTheGoldenLogEntry() throws IOException {
    LogEntry entry = LogEntry.decode("golden", 9, golden("log-entry-v1"));
    assertThat(
        entry,
        is(
            new LogEntry(
                9,
                3,
                42,
                List.of(new CheckpointRef(41, 3, Kind.CHECKPOINT), ref(42)),
                List.of(ref(7)))));
    assertThat(Bytes.of(entry.encode()), is(Bytes.of(golden("log-entry-v1"))));
  }

  private static CheckpointRef ref(long id) {
    return new CheckpointRef(id, 3, Kind.SAVEPOINT);
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in =
        ManifestFormatTest.class.getResourceAsStream("/golden-checkpoints/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  @Test
  void bytesDoNotDependOnTheOrderOfWhatIsGiven() {
    CheckpointManifest other =
        new CheckpointManifest(
            1,
            42,
            3,
            MANIFEST.jobName(),
            MANIFEST.completedMillis(),
            Kind.SAVEPOINT,
            128,
            MANIFEST.pipeline(),
            new java.util.LinkedHashMap<>(Map.of("", "empty key", "version", "0.1.0")),
            List.of(
                MANIFEST.tasks().get(1),
                new CheckpointManifest.Task(
                    "Count/GroupByKey",
                    0,
                    0,
                    64,
                    false,
                    Long.MIN_VALUE,
                    -5,
                    List.of(OWN, SHARED))));
    assertThat(
        Bytes.of(ManifestFormat.encode(other)), is(Bytes.of(ManifestFormat.encode(MANIFEST))));
  }

  @Test
  void everyFlippedBitIsNoticed() {
    byte[] whole = ManifestFormat.encode(MANIFEST);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(
          CorruptCheckpointException.class, () -> ManifestFormat.decode("it", flipped), "" + bit);
    }
  }

  @Test
  void everyTruncationIsNoticed() {
    byte[] whole = ManifestFormat.encode(MANIFEST);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      CorruptCheckpointException error =
          assertThrows(CorruptCheckpointException.class, () -> ManifestFormat.decode("it", cut));
      assertThat(error.object(), is("it"));
    }
  }

  @Test
  void newerFormatIsSaidToBeNewer() {
    byte[] newer = new Frame("TRSTLMAN", 7).wrap(new byte[] {1, 2, 3});
    UnknownFormatException error =
        assertThrows(UnknownFormatException.class, () -> ManifestFormat.decode("it", newer));
    assertThat(error.getMessage(), containsString("it has format version 7"));
  }

  @Test
  void fieldsThatNobodyKnowsAreSkipped() throws IOException {
    byte[] bytes = ManifestFormat.encode(MANIFEST);
    byte[] fields = Arrays.copyOfRange(bytes, 20, bytes.length - 4);
    byte[] added = new FieldWriter().text(999, "from the future").toBytes();
    byte[] both = Arrays.copyOf(fields, fields.length + added.length);
    System.arraycopy(added, 0, both, fields.length, added.length);
    assertThat(ManifestFormat.decode("it", Frame.MANIFEST.wrap(both)), is(MANIFEST));
  }
}
