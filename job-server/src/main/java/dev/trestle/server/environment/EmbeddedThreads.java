package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.worker.WorkerConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Tells of which embedded worker a thread is: of the one in whose thread group it is, as the
 * threads are that a thread of the group starts, or a thread factory that was made there. Any
 * thread may call.
 *
 * <p>Groups are used again, because Java 17 keeps them for good.
 */
final class EmbeddedThreads {

  @GuardedBy("this")
  private final Deque<Group> unused = new ArrayDeque<>();

  /** The threads of one worker, and later those of another one. */
  static final class Group extends ThreadGroup {

    private volatile @Nullable WorkerConnection worker;

    private Group() {
      super("embedded-worker");
    }
  }

  /** A group for the threads of a worker, until it is given back. */
  synchronized Group take(WorkerConnection worker) {
    Group group = unused.isEmpty() ? new Group() : unused.pop();
    group.worker = worker;
    return group;
  }

  /** The worker has ended. */
  synchronized void giveBack(Group group) {
    group.worker = null;
    unused.push(group);
  }

  /** The worker of which the calling thread is; null if of none, or none that is still there. */
  static @Nullable WorkerConnection currentWorker() {
    for (ThreadGroup group = Thread.currentThread().getThreadGroup();
        group != null;
        group = group.getParent()) {
      if (group instanceof Group ofWorker) {
        return ofWorker.worker;
      }
    }
    return null;
  }
}
