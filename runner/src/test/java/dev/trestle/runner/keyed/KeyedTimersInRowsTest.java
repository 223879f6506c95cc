package dev.trestle.runner.keyed;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.state.rocks.RocksMemory;
import dev.trestle.state.rocks.RocksResources;
import java.nio.file.Path;
import org.apache.beam.sdk.state.TimeDomain;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** There is no memory for timers: each goes to rows when it is set. */
class KeyedTimersInRowsTest extends KeyedTimersContract {

  private static final RocksResources ROCKS =
      new RocksResources(new RocksMemory(16 << 20, 8 << 20), 1);

  @TempDir static Path directory;

  KeyedTimersInRowsTest() {
    super(context());
  }

  private static FakeOperatorContext context() {
    return new FakeOperatorContext(0, directory, directory.resolve("rows"), () -> ROCKS);
  }

  @AfterEach
  void closeState() {
    keyed.close();
    task.close();
  }

  @AfterAll
  static void close() {
    ROCKS.close();
  }

  @Test
  void timersAreInRows() {
    key("a");
    keyed.timers().setTimer(in(0), "x", "", at(5), at(5), TimeDomain.EVENT_TIME);
    assertThat(keyed.readsAhead(), is(false));
    keyed.fireEventTimers(100, slice(1), timer -> {});
    assertThat("there is a database", keyed.readsAhead(), is(true));
  }
}
