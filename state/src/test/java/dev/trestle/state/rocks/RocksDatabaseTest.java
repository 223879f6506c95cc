package dev.trestle.state.rocks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDatabaseTest {

  @TempDir Path directory;
  private RocksFixture fixture;

  @BeforeEach
  void open() {
    fixture = new RocksFixture(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void clippingLeavesTheRowsOfTheRange() throws Exception {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Path place = Files.createDirectory(directory.resolve("database-" + seed));
      TreeSet<Integer> keys = new TreeSet<>();
      try (RocksDatabase database = RocksDatabase.open(fixture.shared, place)) {
        for (int files = random.nextInt(4); files > 0; files--) {
          int first = random.nextInt(100);
          for (int i = random.nextInt(20); i >= 0; i--) {
            int key = first + random.nextInt(20);
            keys.add(key);
            put(database, key);
          }
          database.flush();
        }
        int start = random.nextInt(130);
        int end = start + random.nextInt(130 - start);
        database.clip(bytes(start), bytes(end));
        assertThat("seed " + seed, rows(database), is(List.copyOf(keys.subSet(start, end))));
      }
    }
  }

  private static void put(RocksDatabase database, int key) {
    RowOutput row = new RowOutput();
    row.write(bytes(key));
    RowOutput value = new RowOutput();
    value.write(new byte[1]);
    RowBatch batch = new RowBatch(database::write);
    batch.put(row, value);
    batch.commit();
  }

  private static byte[] bytes(int key) {
    return new byte[] {0, (byte) key};
  }

  private static List<Integer> rows(RocksDatabase database) {
    List<Integer> found = new ArrayList<>();
    database.scan(
        new byte[0],
        (key, value) -> {
          found.add(Byte.toUnsignedInt(key[1]));
          return true;
        });
    return found;
  }
}
