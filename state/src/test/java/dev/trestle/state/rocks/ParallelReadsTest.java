package dev.trestle.state.rocks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class ParallelReadsTest {

  private static final int ROWS = 5_000;

  /** With this, every read is one that waits. */
  private static final long ALWAYS = 0;

  @TempDir Path directory;

  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final AtomicInteger handedOver = new AtomicInteger();
  private RocksResources shared;
  private RocksOptions options;
  private RocksDB db;

  @BeforeEach
  void fill() throws RocksDBException {
    shared = new RocksResources(new RocksMemory(1 << 20, 1 << 20), 1);
    open();
    for (int i = 0; i < ROWS; i += 2) {
      db.put(options.writes(), key(i), key(-i));
    }
  }

  private void open() throws RocksDBException {
    options = new RocksOptions(shared);
    db = RocksDB.open(options.options(), directory.toString());
  }

  @AfterEach
  void close() {
    closeDatabase();
    shared.close();
    threads.shutdown();
  }

  private void closeDatabase() {
    db.close();
    options.close();
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static List<byte[]> keys(int count) {
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(key(i));
    }
    return keys;
  }

  private ParallelReads reads(int parts, long waitNanos) {
    return new ParallelReads(
        db,
        options.reads(),
        work -> {
          handedOver.incrementAndGet();
          threads.execute(work);
        },
        parts,
        waitNanos);
  }

  private static void assertFound(List<byte @Nullable []> values, int count) {
    assertThat(values.size(), is(count));
    for (int i = 0; i < count; i++) {
      assertThat(values.get(i), is(i % 2 == 0 ? key(-i) : null));
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 1000", "8, 37", "3, 1001", "8, 15", "8, 1", "1, 500"})
  void valuesComeInTheOrderOfTheirKeys(int parts, int count) throws RocksDBException {
    assertFound(reads(parts, ALWAYS).get(keys(count)), count);
    assertThat(handedOver.get(), is(Math.max(0, Math.min(parts, count / 16) - 1)));
  }

  @Test
  void readsFromMemoryStayInTheThread() throws RocksDBException {
    ParallelReads reads = reads(8, Long.MAX_VALUE);
    for (int i = 0; i < 10; i++) {
      assertFound(reads.get(keys(1000)), 1000);
    }
    assertThat(handedOver.get(), is(0));
  }

  @Test
  void interruptIsKeptForLater() throws RocksDBException {
    Thread.currentThread().interrupt();
    assertFound(reads(8, ALWAYS).get(keys(1000)), 1000);
    assertThat(Thread.interrupted(), is(true));
  }

  @Test
  void readsHereWhereNobodyElseDoes() throws RocksDBException {
    threads.shutdown();
    assertFound(reads(8, ALWAYS).get(keys(1000)), 1000);
  }

  @Test
  void rowsThatCannotBeReadAreNotTakenForMissing() throws Exception {
    try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
      db.flush(wait);
    }
    closeDatabase();
    damage();
    open();
    RocksDBException failure =
        assertThrows(RocksDBException.class, () -> reads(8, ALWAYS).get(keys(ROWS)));
    assertThat(failure.getMessage(), containsString("sst"));
    assertThat(handedOver.get(), greaterThan(0));
  }

  /** Turns bits in the rows of each table. */
  private void damage() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".sst")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = bytes.length / 4; i < bytes.length / 2; i++) {
          bytes[i] ^= 1;
        }
        Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
      }
    }
  }
}
