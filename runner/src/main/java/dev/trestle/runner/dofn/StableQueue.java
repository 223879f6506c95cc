package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Elements that wait until a checkpoint has been committed that holds them: from then on, whatever
 * fails, they come again as they are. Beyond the memory budget they wait on disk.
 */
final class StableQueue implements AutoCloseable {

  private static final String WAITING = "stable input";

  private final QueueStore store;

  /** In a checkpoint that has been committed. */
  private final ArrayDeque<QueueStore.Queue> stable = new ArrayDeque<>();

  /** In a checkpoint that may be. */
  private final ArrayDeque<QueueStore.Queue> sealed = new ArrayDeque<>();

  private QueueStore.Queue arriving;

  /**
   * An empty queue.
   *
   * @param store owned from here on
   */
  StableQueue(QueueStore store) {
    this.store = store;
    arriving = store.newQueue();
  }

  /** Takes the next element. */
  QueueStore.Queue arriving() {
    return arriving;
  }

  void checkpointCommitted() {
    stable.addAll(sealed);
    sealed.clear();
  }

  /** Takes some elements that are stable; null where there are none. */
  @Nullable Batch poll() {
    while (!stable.isEmpty()) {
      Batch batch = stable.getFirst().poll();
      if (batch != null) {
        return batch;
      }
      stable.remove();
    }
    return null;
  }

  boolean isEmpty() {
    return stable.isEmpty() && sealed.isEmpty() && arriving.isEmpty();
  }

  /** The least timestamp of all that wait; {@code Long.MAX_VALUE} where nobody does. */
  long earliest() {
    long least = arriving.earliest();
    for (QueueStore.Queue queue : sealed) {
      least = Math.min(least, queue.earliest());
    }
    for (QueueStore.Queue queue : stable) {
      least = Math.min(least, queue.earliest());
    }
    return least;
  }

  /** Section {@code stable input}: what waits, as {@link QueueStore.Queue#snapshot} writes it. */
  void snapshot(SnapshotWriter out, KeyGroupRange range) throws IOException {
    sealed.add(arriving);
    arriving = store.newQueue();
    SnapshotWriter.Section section = out.section(WAITING);
    for (QueueStore.Queue queue : stable) {
      queue.snapshot(section, range);
    }
    for (QueueStore.Queue queue : sealed) {
      queue.snapshot(section, range);
    }
  }

  /** What comes from a checkpoint is stable. */
  void restore(RestoredState from) throws IOException {
    QueueStore.Queue restored = store.newQueue();
    from.read(
        WAITING,
        (keyGroup, record) -> {
          Batch batch = store.encoding().read(record);
          for (int i = 0; i < batch.size(); i++) {
            restored.addFrom(batch, i, batch.windows(i));
          }
        });
    if (!restored.isEmpty()) {
      stable.add(restored);
    }
  }

  @Override
  public void close() {
    stable.clear();
    sealed.clear();
    store.close();
  }
}
