package dev.trestle.runner.engine;

import dev.trestle.runner.checkpoint.OperatorNumbers;
import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.rocks.RocksStateException;
import dev.trestle.state.rocks.RocksStore;
import dev.trestle.state.rocks.RowScope;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.state.table.Serializer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one task. There is none before an operator asks for it. Belongs to the task's
 * owner.
 */
final class TaskState implements AutoCloseable {

  private final JobResources resources;
  private final OperatorNumbers numbers;
  private final RestoredJob restored;
  private final KeyGroupRange keyGroups;
  private final long cacheBytes;
  private @Nullable RocksStore store;
  private @Nullable String owner;

  /**
   * The state of a task.
   *
   * @param restored what the job goes on from
   * @param cacheBytes of the job's memory for rows in the form of objects, at most
   */
  TaskState(
      JobResources resources,
      OperatorNumbers numbers,
      RestoredJob restored,
      KeyGroupRange keyGroups,
      long cacheBytes) {
    this.resources = resources;
    this.numbers = numbers;
    this.restored = restored;
    this.keyGroups = keyGroups;
    this.cacheBytes = cacheBytes;
  }

  /**
   * The state of the task's keyed operator by key.
   *
   * @throws IllegalStateException if another step has state already
   */
  KeyedStateBackend backend(String step, Serializer<Object> keys, Serializer<Object> namespaces) {
    return storeOf(step).backend(numbers.of(step), keys, namespaces);
  }

  /** Rows of the task's keyed operator in an order of their own; as above. */
  OrderedRows orderedRows(String step, int number) {
    return storeOf(step).orderedRows(numbers.of(step), number);
  }

  private RocksStore storeOf(String step) {
    if (owner != null && !owner.equals(step)) {
      throw new IllegalStateException(
          "A task has one keyed operator, which is " + owner + " and not " + step);
    }
    RocksStore known = store;
    if (known == null) {
      RowScope scope = new RowScope(keyGroups, Set.of(numbers.of(step)));
      known =
          RocksStore.restore(
              resources.rocks()::get,
              resources.spill().newFile("keyed-state"),
              scope,
              resources.memory(),
              cacheBytes,
              restored.rows(scope));
      store = known;
      owner = step;
    }
    return known;
  }

  /**
   * Writes all of it to a directory, which must not exist.
   *
   * @return the files; none if there is nothing
   * @throws IOException if it cannot be written; the state is as it was
   */
  List<SnapshotFile> checkpoint(Path directory) throws IOException {
    try {
      return store == null ? List.of() : store.checkpoint(directory);
    } catch (RocksStateException e) {
      throw new IOException("The keyed state cannot be written to " + directory, e);
    }
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
