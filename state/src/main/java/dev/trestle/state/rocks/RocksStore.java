package dev.trestle.state.rocks;

import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.state.table.Serializer;
import java.io.DataInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one task: a database that all its keyed operators share, and above it a cache
 * of decoded rows. What is written stays in the cache until it has to leave or a checkpoint is
 * taken; before that, there is no database at all. Used by the task's thread only.
 */
public final class RocksStore implements AutoCloseable {

  private static final int READ_AT_ONCE = 512;

  private final Supplier<RocksResources> shared;
  private final StoreFiles files;
  private final RowScope scope;
  private final boolean restored;
  private final RowCache cache;
  private final RowBatch batch = new RowBatch(content -> database().write(content));
  private final RowOutput rowKey = new RowOutput();
  private final RowOutput rowValue = new RowOutput();
  private final RowOutput scratch = new RowOutput();
  private final RowInput input = new RowInput();
  private final List<Row> leaving = new ArrayList<>();

  /** Null as long as nothing had to leave the cache. */
  private @Nullable RocksDatabase database;

  private boolean closed;

  private RocksStore(
      Supplier<RocksResources> shared,
      StoreFiles files,
      RowScope scope,
      RowCache cache,
      boolean restored) {
    this.shared = shared;
    this.files = files;
    this.scope = scope;
    this.cache = cache;
    this.restored = restored;
  }

  /**
   * An empty store.
   *
   * @param shared is asked when there has to be a database
   * @param directory for its files; made when there has to be a database, and deleted when the
   *     store is closed
   * @param cacheBytes what the cache may reserve of the budget, beyond a small minimum
   */
  public static RocksStore create(
      Supplier<RocksResources> shared,
      Path directory,
      RowScope scope,
      MemoryBudget budget,
      long cacheBytes) {
    return restore(shared, directory, scope, budget, cacheBytes, List.of());
  }

  /**
   * A store with what checkpoints hold of its rows. A single checkpoint is opened as it is, without
   * copying its large files; several are copied row by row.
   *
   * @param snapshots of tasks whose rows together contain this one's
   * @throws RocksStateException if they cannot be read, or the directory cannot be used
   */
  public static RocksStore restore(
      Supplier<RocksResources> shared,
      Path directory,
      RowScope scope,
      MemoryBudget budget,
      long cacheBytes,
      List<RocksSnapshot> snapshots) {
    StoreFiles files = new StoreFiles(directory);
    RowCache cache = new RowCache(budget, cacheBytes);
    RocksStore store = new RocksStore(shared, files, scope, cache, !snapshots.isEmpty());
    if (!snapshots.isEmpty()) {
      try {
        store.database = new RocksRestore(shared.get(), files, scope).open(snapshots);
      } catch (RuntimeException e) {
        files.delete();
        throw e;
      }
    }
    return store;
  }

  /**
   * The state of one operator.
   *
   * @param operator its number, the same in the job's life, 0 to 65535
   * @param keys of all keys; not asked for those that are a {@code ByteKey}
   * @param namespaces of all namespaces
   */
  public KeyedStateBackend backend(
      int operator, Serializer<Object> keys, Serializer<Object> namespaces) {
    return new RocksStateBackend(this, new RowKeys(operator, keys, namespaces));
  }

  /**
   * Rows of an operator that lie in an order of their own.
   *
   * @param operator as in {@link #backend}
   * @param number 0 to 255; an operator may have so many kinds of them
   */
  public OrderedRows orderedRows(int operator, int number) {
    return new RocksOrderedRows(this, operator, number);
  }

  /** Writes what differs from the database; it stays in memory. */
  public void flush() {
    List<Row> all = new ArrayList<>(cache.size());
    cache.addAll(all);
    write(all);
    commit();
  }

  /**
   * Makes a checkpoint of everything that has been written so far.
   *
   * @param target a directory that does not exist yet, on the same file system
   * @return its files, which the caller may move elsewhere; none if there never was anything
   * @throws RocksStateException if it cannot be made; the state is as it was
   */
  public List<SnapshotFile> checkpoint(Path target) {
    flush();
    if (database == null) {
      return List.of();
    }
    database.checkpoint(target);
    return files.inCheckpoint(target);
  }

  /** Waits until nothing is left to be compacted; for measurements. */
  public void settle() {
    flush();
    database().settle();
  }

  /** How many rows are in memory. */
  public int rowsInMemory() {
    return cache.size();
  }

  boolean isRestored() {
    return restored;
  }

  /** The database, opened if need be. */
  RocksDatabase database() {
    checkOpen();
    RocksDatabase known = database;
    if (known == null) {
      files.make();
      known = RocksDatabase.open(shared.get(), files.directory());
      database = known;
    }
    return known;
  }

  /** Whether something has left the cache. */
  boolean hasDatabase() {
    return database != null;
  }

  void check(int keyGroup) {
    if (!scope.range().contains(keyGroup)) {
      throw new IllegalArgumentException("Key group " + keyGroup + " is not in " + scope.range());
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("The state in " + files.directory() + " is closed");
    }
  }

  RowCache cache() {
    return cache;
  }

  RowBatch batch() {
    return batch;
  }

  /** An empty buffer, to be used before the next call of this. */
  RowOutput scratch() {
    scratch.truncate(0);
    return scratch;
  }

  /** A cell's bytes, to be read before the next call of this. */
  DataInputStream input(EncodedCell cell) {
    return input.at(cell.bytes(), cell.start(), cell.length());
  }

  byte @Nullable [] read(Row row) {
    checkOpen();
    if (database == null) {
      return null;
    }
    row.owner.keys().write(row, rowKey);
    return database.get(rowKey);
  }

  /** Fills rows, reading them in the order of their keys. */
  void readAll(List<Row> rows) {
    if (database == null) {
      for (int i = 0; i < rows.size(); i++) {
        rows.get(i).owner.fill(rows.get(i), null);
      }
      return;
    }
    long[] order = order(rows);
    List<byte[]> keys = new ArrayList<>(Math.min(rows.size(), READ_AT_ONCE));
    for (int from = 0; from < order.length; from += READ_AT_ONCE) {
      int to = Math.min(order.length, from + READ_AT_ONCE);
      keys.clear();
      for (int i = from; i < to; i++) {
        Row row = rows.get((int) order[i]);
        row.owner.keys().write(row, rowKey);
        keys.add(rowKey.copy());
      }
      List<byte @Nullable []> values = database().multiGet(keys);
      for (int i = from; i < to; i++) {
        Row row = rows.get((int) order[i]);
        row.owner.fill(row, values.get(i - from));
      }
    }
  }

  /** Numbers of rows, roughly in the order of their keys. */
  private static long[] order(List<Row> rows) {
    long[] order = new long[rows.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = RowOrder.rank(rows.get(i)) << Integer.SIZE | i;
    }
    Arrays.sort(order);
    return order;
  }

  /** Lets rows go if the cache is full: after this, none may be in anyone's hands. */
  void makeRoom() {
    if (cache.bytes() > cache.limit() && cache.isFull()) {
      cache.choose(leaving);
      write(leaving);
      commit();
      for (int i = 0; i < leaving.size(); i++) {
        Row row = leaving.get(i);
        cache.remove(row);
        row.owner.forget(row);
      }
      leaving.clear();
    }
  }

  private void write(List<Row> rows) {
    List<Row> dirty = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).dirty) {
        dirty.add(rows.get(i));
      }
    }
    for (long number : order(dirty)) {
      write(dirty.get((int) number));
    }
  }

  private void write(Row row) {
    boolean hasCells = row.owner.encode(row, rowValue);
    row.owner.keys().write(row, rowKey);
    if (hasCells) {
      batch.put(rowKey, rowValue);
    } else if (row.stored) {
      batch.delete(rowKey);
    }
    row.stored = hasCells;
    row.dirty = false;
    commitIfLarge();
  }

  void commit() {
    batch.commit();
  }

  void commitIfLarge() {
    if (batch.isLarge()) {
      batch.commit();
    }
  }

  /** Drops what is in the cache, and deletes the directory. May be called more than once. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cache.close();
      if (database != null) {
        database.close();
      }
      files.delete();
    }
  }
}
